"""The operations that images answers and the gateway passes on: one row each, in one table.

The gateway knows who may come in, how often, and how long it waits. What is sent and what is
answered is images' to check, to describe and to change.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any, Final

from gateway.deadlines import READ_S, UPLOAD_S, WRITE_S
from gateway.permissions import ACCOUNT, JOBS_READ, JOBS_WRITE, READ, USAGE, WRITE

PUBLIC: Final = "api/v1/"
INTERNAL: Final = "/internal/v1/"
PARAMETER: Final = re.compile(r"<\w+:(\w+)>")


class Body(Enum):
    """What is passed on as the body: the request's own, or what auth knows of the account."""

    NOTHING = "nothing"
    WHOLE = "whole"
    STREAM = "stream"
    ACCOUNT = "account"


@dataclass(frozen=True)
class Route:
    """One operation. ``path`` is the same here below `PUBLIC` and at images below `INTERNAL`.

    Of several scopes, which a space parts, one will do.
    ``condition`` names the header by which the caller may make it depend on a version. One that
    ``waits`` may be held for as long as its caller prefers.
    """

    method: str
    path: str
    scope: str = READ
    deadline_s: float = READ_S
    condition: str = ""
    body: Body = Body.NOTHING
    is_idempotent: bool = False
    waits: bool = False

    def upstream_path(self, values: Mapping[str, Any]) -> str:
        """Where images answers it, ``values`` being those of the path's parameters."""
        return self._template.format_map(values)

    @cached_property
    def condition_in_wsgi(self) -> str:
        """The key of ``condition`` in the environment of a request."""
        return f"HTTP_{self.condition.upper().replace('-', '_')}"

    @cached_property
    def _template(self) -> str:
        return INTERNAL + PARAMETER.sub(r"{\1}", self.path)


def _read(path: str, condition: str = "", scope: str = READ) -> Route:
    return Route("GET", path, scope, condition=condition)


def _post(
    path: str,
    body: Body = Body.NOTHING,
    deadline_s: float = WRITE_S,
    *,
    waits: bool = False,
    scope: str = WRITE,
) -> Route:
    """Every POST of the API can be repeated under a key."""
    return Route("POST", path, scope, deadline_s, body=body, is_idempotent=True, waits=waits)


IMAGE: Final = "images/<uuid:image_id>"
JOB: Final = "jobs/<uuid:job_id>"
EXPORT: Final = "exports/<uuid:export_id>"
UPLOAD: Final = _post("images", Body.STREAM, UPLOAD_S)
ROUTES: Final = (
    _read("images"),
    UPLOAD,
    _read("images/count"),
    _post("images/actions", Body.WHOLE),
    _read(IMAGE, "If-None-Match"),
    Route("PATCH", IMAGE, WRITE, WRITE_S, "If-Match", Body.WHOLE),
    Route("DELETE", IMAGE, WRITE, WRITE_S, "If-Match"),
    _post(f"{IMAGE}/restore"),
    _read(f"{IMAGE}/renditions"),
    _post(f"{IMAGE}/renditions", Body.WHOLE, waits=True),
    _read("presets"),
    _read("jobs", "If-None-Match", JOBS_READ),
    _read(JOB, "If-None-Match", JOBS_READ),
    _post(f"{JOB}/cancel", scope=JOBS_WRITE),
    _post(f"{JOB}/retry", scope=JOBS_WRITE),
    # To read one, too, is to get an address of all that the person has.
    Route("GET", "exports", ACCOUNT),
    Route("POST", "exports", ACCOUNT, WRITE_S, body=Body.ACCOUNT, is_idempotent=True),
    Route("GET", EXPORT, ACCOUNT),
    _read("usage", scope=USAGE),
)
