"""Every route of a role with every method that it takes, found in its URLconf."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.urls import URLPattern, URLResolver, get_resolver

METHODS: Final = ("GET", "POST", "PATCH", "PUT", "DELETE")
PARAMETER: Final = re.compile(r"<(?:\w+:)?(\w+)>")
GROUP: Final = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


@dataclass(frozen=True)
class Route:
    """One method of one route; ``template`` has no leading slash."""

    method: str
    template: str

    def path(self, values: Mapping[str, str]) -> str:
        """A path that it takes; raises ``KeyError`` for a parameter without a value."""
        text = GROUP.sub(lambda found: values[found[1]], self.template)
        text = PARAMETER.sub(lambda found: values[found[1]], text)
        return "/" + text.replace("^", "").replace("$", "").replace("\\Z", "").replace("\\", "")


def routes(urlconf: str) -> list[Route]:
    """All of them."""
    return sorted(set(_walk(get_resolver(urlconf).url_patterns, "")), key=repr)


def _walk(patterns: Any, prefix: str) -> Iterator[Route]:
    for item in patterns:
        template = f"{prefix}{item.pattern}"
        if isinstance(item, URLResolver):
            yield from _walk(item.url_patterns, template)
        elif isinstance(item, URLPattern):
            for method in _methods(item.callback):
                yield Route(method, template)


def _methods(view: Any) -> tuple[str, ...]:
    kind = getattr(view, "cls", None)  # what DRF calls it
    if kind is None:
        return ("GET",)
    return tuple(method for method in METHODS if hasattr(kind, method.lower()))
