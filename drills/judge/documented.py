"""Every answer is one that the API is documented to give.

Statuses come from the OpenAPI document, by route. Problem codes come from where they are declared:
the refusals in the code of the roles, the problem documents of nginx, and the codes that the
descriptions of the OpenAPI document name.
"""

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from drills.history import Call
from drills.judge.findings import Case, Kind

ROOT: Final = Path(__file__).resolve().parents[2]
SCHEMA: Final = ROOT / "gateway" / "openapi.json"
EDGE: Final = ROOT / "frontend" / "nginx" / "templates" / "problems.conf.template"
PACKAGES: Final = ("platform_site", "accounts", "gateway", "images")
DELIVERY: Final = "GET /i/{path}"
DELIVERY_STATUSES: Final = frozenset(
    {*(200, 206, 304), *(403, 404, 410, 412, 416), *(502, 503, 504)}
)
"""Of signed addresses, which the OpenAPI document leaves to `images.api.delivery` and to nginx."""
PROBLEM: Final = "application/problem+json"
OF_DRF: Final = frozenset(
    {(400, "malformed_json"), (401, "not_authenticated"), (403, "permission_denied")}
)


def documents_check(case: Case) -> None:
    """Find answers that no document tells of, each kind once with how often it came."""
    found: dict[str, list[Call]] = defaultdict(list)
    for call in case.calls:
        if call.status is not None and call.route and (words := undocumented(call)):
            found[f"{call.route} answered {words}"].append(call)
    for words, calls in found.items():
        count = f", {len(calls)} times" if len(calls) > 1 else ""
        case.found(Kind.UNDOCUMENTED, f"{words}: {calls[0].name}{count}")


def undocumented(call: Call) -> str:
    """What about the answer of ``call`` is not documented; empty when all is."""
    status = call.status or 0
    if status not in statuses().get(call.route, frozenset()):
        return f"{status} {call.code or ''}".strip() + ", which the route does not name"
    if status < 400:
        return ""
    if call.answer.get("content_type", PROBLEM) != PROBLEM:
        return f"{status} as {call.answer['content_type']}, which is no problem document"
    if call.code is None:
        return f"{status} without a code"
    if (status, call.code) not in codes():
        return f"{status} {call.code}, a code that nothing declares"
    return ""


@cache
def statuses() -> Mapping[str, frozenset[int]]:
    """The statuses of each route, such as ``GET /api/v1/images/{image_id}``."""
    paths: dict[str, dict[str, Any]] = json.loads(SCHEMA.read_text())["paths"]
    routes = {
        f"{method.upper()} {path}": frozenset(int(status) for status in operation["responses"])
        for path, operations in paths.items()
        for method, operation in operations.items()
        if "responses" in operation
    }
    return {**routes, DELIVERY: DELIVERY_STATUSES}


@cache
def codes() -> frozenset[tuple[int, str]]:
    """The pairs of status and problem code that something declares."""
    return frozenset({*OF_DRF, *_of_descriptions(), *_of_edge(), *_of_refusals()})


def _of_descriptions() -> Iterable[tuple[int, str]]:
    paths: dict[str, dict[str, Any]] = json.loads(SCHEMA.read_text())["paths"]
    for operations in paths.values():
        for operation in operations.values():
            for status, response in operation.get("responses", {}).items():
                for code in re.findall(r"`([a-z_]+)`", response.get("description", "")):
                    yield int(status), code


def _of_edge() -> Iterable[tuple[int, str]]:
    for status, code in re.findall(r'return (\d+) .*?"code":"([a-z_]+)"', EDGE.read_text()):
        yield int(status), code


def _of_refusals() -> Iterable[tuple[int, str]]:
    """Of every class that gives itself a ``status`` and a ``code``; read and not imported."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            source = path.read_text()
            if "\n    code = " not in source:
                continue
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.ClassDef):
                    yield from _of_class(node)


def _of_class(node: ast.ClassDef) -> Iterable[tuple[int, str]]:
    values: dict[str, object] = {}
    for line in node.body:
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant):
            values |= {t.id: line.value.value for t in line.targets if isinstance(t, ast.Name)}
    status, code = values.get("status", 400), values.get("code")
    if isinstance(status, int) and isinstance(code, str):
        yield status, code
