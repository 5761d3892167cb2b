"""The nginx templates rendered as the entrypoint of the official image does, with envsubst."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

NGINX = Path(__file__).resolve().parents[2] / "frontend" / "nginx"
TEMPLATES = NGINX / "templates"
VARIABLE = re.compile(r"\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))")


def variables_with_defaults(given: Mapping[str, str]) -> dict[str, str]:
    """``given`` after ``defaults.envsh`` was sourced; raises ``CalledProcessError`` if it fails."""
    shell = shutil.which("sh") or "/bin/sh"
    done = subprocess.run(
        [shell, "-ec", '. "$0"; env -0', str(NGINX / "defaults.envsh")],
        env={"PATH": os.environ["PATH"], **given},
        check=True,
        capture_output=True,
        text=True,
    )
    return dict(line.split("=", 1) for line in done.stdout.split("\0") if line)


def substituted(text: str, variables: Mapping[str, str]) -> str:
    """``text`` with ``$NAME`` and ``${NAME}`` replaced, for the names in ``variables`` only."""

    def value(match: re.Match[str]) -> str:
        return variables.get(match[1] or match[2], match[0])

    return VARIABLE.sub(value, text)


def configuration_write(given: Mapping[str, str]) -> Path:
    """Render every template; the path of the main file."""
    variables = variables_with_defaults(given)
    kept = re.compile(variables["NGINX_ENVSUBST_FILTER"])
    chosen = {name: value for name, value in variables.items() if kept.search(name)}
    directory = Path(variables["NGINX_ENVSUBST_OUTPUT_DIR"])
    for template in TEMPLATES.glob("*.template"):
        target = directory / template.name.removesuffix(".template")
        target.write_text(substituted(template.read_text(), chosen))
    return directory / "nginx.conf"
