"""Turns the tags of third-party images into digests, where there is a network: ``make pin-images``.

A digest comes from a registry, never from memory. Asks with skopeo, crane or
docker, whichever is installed.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

PLACES: Final = ("deploy/k8s", "Dockerfile", "compose.yaml")
IMAGE: Final = re.compile(
    r"(?P<lead>(?:image: (?:&\w+ )?|^ARG \w+_IMAGE=|- image=))(?P<name>[\w./-]+:[\w.-]+)(?=\s|$)",
    re.MULTILINE,
)
OWN: Final = ("registry/", "localhost/", "image-platform/")
ASK: Final = {
    "skopeo": ("skopeo", "inspect", "--format", "{{.Digest}}", "docker://{}"),
    "crane": ("crane", "digest", "{}"),
    "docker": (
        "docker",
        "buildx",
        "imagetools",
        "inspect",
        "--format",
        "{{.Manifest.Digest}}",
        "{}",
    ),
}
DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
Ask = Callable[[str], str]


class NoDigest(Exception):
    """No registry gave a digest; nothing was written."""


def ask(name: str) -> str:
    """The digest that the registry has for ``name`` now. Raises `NoDigest`."""
    program = next((tool for tool in ASK if shutil.which(tool)), None)
    if program is None:
        raise NoDigest("none of skopeo, crane and docker is installed")
    command = [word.format(name) if word.endswith("{}") else word for word in ASK[program]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    digest = done.stdout.strip()
    if done.returncode or not DIGEST.fullmatch(digest):
        raise NoDigest(f"{name}: {program} says {done.stderr.strip() or digest or 'nothing'}")
    return digest


def pinned(text: str, digest_of: Ask) -> str:
    """``text`` with each third-party ``name:tag`` as ``name:tag@digest``."""

    def pin(match: re.Match[str]) -> str:
        name = match["name"]
        if name.startswith(OWN):
            return match[0]
        return f"{match['lead']}{name}@{digest_of(name)}"

    return IMAGE.sub(pin, text)


def files(places: Iterable[str]) -> list[Path]:
    """Every file that may name an image."""
    found = []
    for place in map(Path, places):
        found += sorted(place.rglob("*.yaml")) if place.is_dir() else [place]
    return [file for file in found if file.exists()]


def main() -> int:
    """Pin everything, or write nothing and say why."""
    # A tag may move between two questions, and the same image has to be the same everywhere.
    known: dict[str, str] = {}

    def once(name: str) -> str:
        known[name] = known.get(name) or ask(name)
        return known[name]

    # All digests before the first file: half of the images pinned would look like a finished run.
    try:
        changed = {file: pinned(file.read_text(encoding="utf-8"), once) for file in files(PLACES)}
    except NoDigest as exc:
        sys.stderr.write(f"Nothing was pinned: {exc}\n")
        return 1
    for file, text in changed.items():
        file.write_text(text, encoding="utf-8")
    for name, digest in sorted(known.items()):
        sys.stdout.write(f"{name}@{digest}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
