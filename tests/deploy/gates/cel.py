"""The few words of CEL that our admission policy is written in, put into Python and evaluated.

Knows optional fields (``.?name``, ``['key']`` after one), ``hasValue``, ``value``, ``null``, ``!``,
``||``, ``==``, ``+`` and ``? :``; anything else is refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

WORD: Final = re.compile(
    r"\s+|'[^']*'|\.\?\w+|\.\w+(?:\(\))?|[a-zA-Z]\w*|\[|\]|\(|\)|==|!(?!=)|\|\||\+"
)
CHOICE: Final = re.compile(r"(.*?)\s\?\s(.*)\s:\s(.*)", re.DOTALL)
CHOICE_INSIDE: Final = re.compile(r"\(([^()]*?)\s\?\s([^()]*?)\s:\s([^()]*?)\)")


@dataclass(frozen=True)
class Optional:
    """A value that may be missing; two that are missing are equal, as in CEL."""

    content: Any = None

    def has_value(self) -> bool:
        """``hasValue()``"""
        return self.content is not None

    def value(self) -> Any:
        """``value()``"""
        assert self.content is not None, "there is no value"
        return self.content

    def __getitem__(self, key: str) -> "Optional":
        return Optional((self.content or {}).get(key))


class Fields:
    """An object whose fields are read by attribute."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._content = content

    def __getattr__(self, name: str) -> Any:
        found = self._content[name]
        return Fields(found) if isinstance(found, dict) else found

    def optional(self, name: str) -> Optional:
        """``.?name``"""
        return Optional(self._content.get(name))


def evaluated(expression: str, **names: Any) -> Any:
    """What the expression is, of these names; a ``dict`` is an object, ``None`` is null."""
    objects = {k: Fields(v) if isinstance(v, dict) else v for k, v in names.items()}
    return eval(translated(expression), {"__builtins__": {}}, objects)  # noqa: S307 - words of WORD


def translated(expression: str) -> str:
    """The expression in Python. Raises ``ValueError`` for a word that is not known here."""
    chosen = CHOICE_INSIDE.sub(r"(\2 if \1 else \3)", expression)
    chosen = CHOICE.sub(r"(\2) if (\1) else (\3)", chosen)
    words = WORD.findall(chosen)
    if "".join(words) != chosen:
        raise ValueError(f"not understood: {expression}")
    return "".join(_python(word) for word in words).strip()


def _python(word: str) -> str:
    if word.startswith(".?"):
        return f".optional({word[2:]!r})"
    return {
        "null": "None", "true": "True", "false": "False", "!": " not ", "||": " or ",
        ".hasValue()": ".has_value()",
    }.get(word, " " if word.isspace() else word)  # fmt: skip
