"""Bearers that are no tokens of ours: who takes one exchanges it for an access token.

A role registers an exchange for the audience that its views name. Without one, such a bearer is
verified as a token like every other, and so refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rest_framework.request import Request

    from platform_site.kit.auth.tokens import Principal

Authenticate = Callable[[str, "Request"], "Principal"]


@dataclass(frozen=True, slots=True)
class BearerKind:
    """Bearers that begin with ``prefix``, and who says whom one stands for.

    ``authenticate`` looks at the deny list itself, and raises its refusals.
    """

    prefix: str
    authenticate: Authenticate


_kinds: Final[dict[str, BearerKind]] = {}


def bearer_register(audience: str, kind: BearerKind) -> None:
    """Have the views of ``audience`` take ``kind`` beside access tokens."""
    _kinds[audience] = kind


def bearer_kind(raw: str, *, audience: str) -> BearerKind | None:
    """The kind that ``raw`` is of where ``audience`` takes it; ``None`` for an access token."""
    kind = _kinds.get(audience)
    return kind if kind is not None and raw.startswith(kind.prefix) else None
