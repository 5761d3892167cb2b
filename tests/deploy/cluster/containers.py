"""What a container starts with: its user, the variables of its image, its command line."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from deploy.k8s.tools.objects import Object, Pod

REFERENCE: Final = re.compile(r"\$\(([A-Za-z_]\w*)\)")


def identity(pod: Pod, container: Object) -> tuple[int, int]:
    """The user and the group that its program runs as."""
    context = {**pod.spec["securityContext"], **container.get("securityContext", {})}
    return context["runAsUser"], context.get("runAsGroup", context["runAsUser"])


def image(container: Object) -> str:
    """The last part of the image's name, without its tag."""
    return str(container["image"]).rpartition("/")[2].partition(":")[0]


def expanded(word: str, variables: Mapping[str, str]) -> str:
    """``$(NAME)`` replaced by the variable, as a kubelet does."""
    return REFERENCE.sub(lambda match: variables.get(match[1], match[0]), word)


def variables_of_the_image(root: Path) -> dict[str, str]:
    """What the image itself sets; `images/build` writes it beside the image's file system."""
    file = Path(f"{root}.env")
    lines = file.read_text().splitlines() if file.exists() else []
    return dict(line.split("=", 1) for line in lines if line)
