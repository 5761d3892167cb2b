"""What every role reads, each asked in a process of its own; and what nginx's image reads."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from deploy.configuration.recorder import ROLES
from platform_site.kit.env import REQUIRED, Variable

EDGE: Final = Path("frontend/nginx/defaults.envsh")
_WITH_DEFAULT: Final = re.compile(r'^ *export (\w+)="\$\{\1:-(.*)\}" +## (.*)$', re.MULTILINE)
_WITHOUT: Final = re.compile(r'^: "\$\{(\w+):\?(.*)\}"$', re.MULTILINE)
_WORKED_OUT: Final = re.compile(r"^## (\w+) \((.*)\): (.*)$", re.MULTILINE)


@dataclass
class Known:
    """One variable of the roles: who reads it, and what stands for it where it is absent."""

    variable: Variable
    defaults: dict[str, str] = field(default_factory=dict)
    """By role."""


def of_roles() -> dict[str, Known]:
    """Every variable that any role reads, by name. Raises ``CalledProcessError``."""
    known: dict[str, Known] = {}
    for role in ROLES:
        for variable in _of_role(role):
            known.setdefault(variable.name, Known(variable)).defaults[role] = variable.default
    return dict(sorted(known.items()))


def of_edge() -> list[Variable]:
    """Every variable of the frontend's container, those with a fixed default first."""
    source = EDGE.read_text()
    return [
        *(Variable(n, REQUIRED, f"{about}.", "text", "") for n, about in _WITHOUT.findall(source)),
        *(
            Variable(n, value, about, "text", "")
            for n, value, about in _WITH_DEFAULT.findall(source)
        ),
        *(Variable(n, how, about, "words", "") for n, how, about in _WORKED_OUT.findall(source)),
    ]


def _of_role(role: str) -> list[Variable]:
    with tempfile.TemporaryDirectory() as directory:
        done = subprocess.run(
            [sys.executable, "-m", "deploy.configuration.recorder", role],
            env=_environment(directory),
            capture_output=True,
            check=True,
            text=True,
        )
    return [Variable(**values) for values in json.loads(done.stdout)]


def _environment(directory: str) -> Mapping[str, str]:
    """Nothing of this process's own but where programs are; one of two alternatives is set."""
    return {
        "PATH": os.environ["PATH"],
        "VAR_DIR": directory,
        "JWKS_URL": "http://auth:8080/.well-known/jwks.json",
    }
