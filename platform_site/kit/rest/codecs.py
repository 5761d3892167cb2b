"""JSON in and out through orjson, which knows UUIDs, times and dataclasses; small forms in."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.conf import settings
from django.http import QueryDict
from django.utils.functional import Promise
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from platform_site.kit.rest.problems import PayloadTooLarge


def encoded(document: Any) -> bytes:
    """``document`` as JSON; nothing for ``None`` (a 204)."""
    return b"" if document is None else orjson.dumps(document, _plain, orjson.OPT_UTC_Z)


class JSONRenderer(BaseRenderer):
    """``application/json``, RFC 3339 times in UTC with ``Z``."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,  # noqa: ARG002
        renderer_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> bytes:
        """``data`` as bytes; nothing for ``None`` (a 204)."""
        return encoded(data)


class JSONParser(BaseParser):
    """``application/json``, refused as ``malformed_json`` when it is not."""

    media_type = "application/json"

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,  # noqa: ARG002
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> Any:
        """The document. Raises DRF's `ParseError` or `PayloadTooLarge`."""
        try:
            return orjson.loads(_body(stream))
        except orjson.JSONDecodeError as exc:
            raise ParseError(f"{exc.msg} at byte {exc.pos}") from exc


class FormParser(BaseParser):
    """``application/x-www-form-urlencoded``, which is UTF-8 whatever it says of itself."""

    media_type = "application/x-www-form-urlencoded"

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,  # noqa: ARG002
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> QueryDict:
        """The fields. Raises `PayloadTooLarge`."""
        return QueryDict(_body(stream), encoding="utf-8")


def _body(stream: Any) -> bytes:
    """All of ``stream``. DRF reads a body past Django, so Django's limit is kept here."""
    limit_bytes = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    # One byte more than is allowed tells "too large" without reading the rest.
    body: bytes = stream.read(limit_bytes + 1)
    if len(body) > limit_bytes:
        raise PayloadTooLarge(f"At most {limit_bytes} bytes are taken here.")
    return body


def _plain(value: Any) -> Any:
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset | set):
        # In a fixed order, or the same answer would have another ETag in each process.
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
