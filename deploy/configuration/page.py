"""docs/configuration.md as text."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from deploy.configuration.readers import Known, of_edge, of_roles
from deploy.configuration.recorder import ROLES
from platform_site.kit.env import REQUIRED, Variable

DOCUMENT: Final = Path("docs/configuration.md")
OF_OTHERS: Final = {
    "DJANGO_SETTINGS_MODULE": "Django: the settings module, and so the role; embedded if unset.",
    "ROLE": "The manifests: names the settings module, `platform_site.settings.$(ROLE)`.",
    "QUEUE": "The manifests: the queue that a worker's pods serve.",
    "REMAP_SIGTERM": "Celery: `SIGQUIT` lets a worker give back what it has not finished.",
    "PROMETHEUS_MULTIPROC_DIR": "prometheus_client: directory of the counts of a role's processes, "
    "emptied at each start; a temporary one if unset.",
    "OTEL_TRACES_SAMPLER": "OpenTelemetry: which traces are kept.",
    "OTEL_TRACES_SAMPLER_ARG": "OpenTelemetry: the sampler's argument, a share from 0 to 1.",
    "NGINX_ENVSUBST_OUTPUT_DIR": "nginx's image: where the rendered configuration goes.",
}
"""Variables that are set here and read by a library, an image or the manifests."""

INTRODUCTION: Final = """\
<!-- Made by `make configuration` from the readers in the code; a test compares. -->
# Configuration

Everything is set by environment variables; environments differ by nothing else. A role reads its
variables when it starts, and a missing or malformed one ends it with the variable's name. Any value
may come from a file instead: `NAME_FILE=/run/secrets/name` is read when `NAME` is absent, without
its last newline. Secrets are best given so; a role refuses a default or guessable one.

In Kubernetes a setting is a literal in `deploy/k8s/roles/<role>/kustomization.yaml`, a secret is
a file in `deploy/k8s/credentials/secrets/<role>/` (see [Deploying](deploy.md)); with Compose it
stands in `compose.yaml`. The embedded role (`make up`) makes what is required by itself.
"""


def page() -> str:
    """The whole document."""
    return "\n".join(
        [
            INTRODUCTION,
            "## The roles\n",
            "| Variable | Read by | Default | Form | Secret | What it does |",
            "|---|---|---|---|---|---|",
            *map(_row, of_roles().values()),
            "\n## The frontend\n",
            "The container of nginx; `frontend/nginx/defaults.envsh` is the source.\n",
            "| Variable | Default | What it does |",
            "|---|---|---|",
            *map(_edge_row, of_edge()),
            "\n## Variables of others\n",
            "Read by a library or an image that the platform stands on.\n",
            "| Variable | Whose it is, and what it does |",
            "|---|---|",
            *(f"| `{name}` | {about} |" for name, about in OF_OTHERS.items()),
            "",
        ]
    )


def _row(known: Known) -> str:
    variable = known.variable
    secret = "yes" if variable.is_secret else ""
    cells = (
        f"`{variable.name}`",
        _readers(known.defaults),
        _defaults(known),
        variable.form,
        secret,
        variable.about,
    )
    return f"| {' | '.join(cells)} |"


def _readers(roles: Iterable[str]) -> str:
    found = tuple(roles)
    return "every role" if len(found) == len(ROLES) else ", ".join(found)


def _defaults(known: Known) -> str:
    """The default; where the embedded role has another one, that too."""
    first = next(iter(known.defaults.values()))
    others = [
        f"{role}: {_default(value)}" for role, value in known.defaults.items() if value != first
    ]
    return "; ".join([_default(first), *others])


def _default(value: str) -> str:
    if value == REQUIRED:
        return "required"
    return f"`{value}`" if value else "empty"


def _edge_row(variable: Variable) -> str:
    """What the container works out is described in words, not as a value."""
    default = variable.default if variable.form == "words" else _default(variable.default)
    return f"| `{variable.name}` | {default} | {variable.about} |"


def undescribed(variables: Iterable[Variable]) -> list[str]:
    """Names whose ``about`` is no sentence."""
    return [
        item.name
        for item in variables
        if not (item.about[:1].isalnum() and item.about.endswith("."))
    ]
