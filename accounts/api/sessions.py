"""The caller's sessions."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors
from accounts.api import responses
from accounts.api.requests import SessionOut, SessionPageOut
from accounts.api.sign_in import signed_out
from accounts.api.signed_in import SignedInView
from accounts.models import Session
from accounts.services.sessions import session_close
from platform_site.kit.rest.openapi import answer_header
from platform_site.kit.rest.pagination import limit_from, page_of


class SessionList(SignedInView):
    """Where I am signed in."""

    @extend_schema(
        operation_id="auth_sessions_list",
        tags=["auth"],
        parameters=[
            OpenApiParameter(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": 200},
                description="Results on a page; 50 if left out.",
            ),
            OpenApiParameter("cursor", str, description="From `next` or `previous`."),
        ],
        responses={
            200: SessionPageOut,
            400: responses.INVALID,
            401: responses.UNAUTHENTICATED,
            403: responses.FORBIDDEN,
        },
    )
    def get(self, request: Request) -> Response:
        """My live sessions, newest first."""
        current = self.session(request)
        limit = limit_from(request.query_params.get("limit"))
        page = page_of(
            selectors.sessions_of_user(user_id=current.user_id),
            limit=limit,
            cursor=request.query_params.get("cursor"),
        )
        return Response(
            {
                "results": [_told(session, current=current) for session in page.items],
                "next": _page_url(request, limit, page.next_cursor),
                "previous": _page_url(request, limit, page.previous_cursor),
            }
        )


class SessionDetail(SignedInView):
    """One of my sessions."""

    @extend_schema(
        operation_id="auth_session_end",
        tags=["auth"],
        parameters=[answer_header("Set-Cookie", 204)],
        responses={
            204: responses.NOTHING,
            401: responses.UNAUTHENTICATED,
            403: responses.FORBIDDEN,
            404: OpenApiResponse(description="`session_not_found`"),
            503: responses.UNAVAILABLE,
        },
    )
    def delete(self, request: Request, session_id: UUID) -> Response:
        """Sign out there."""
        current = self.session(request)
        session_close(session_id=session_id, user_id=current.user_id)
        return signed_out() if session_id == current.id else Response(status=204)


def _told(session: Session, *, current: Session) -> dict[str, Any]:
    session.current = session.id == current.id  # type: ignore[attr-defined]  # read by SessionOut
    return dict(SessionOut(session).data)


def _page_url(request: Request, limit: int, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    base: str = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    return f"{base}{request.path}?{urlencode({'limit': limit, 'cursor': cursor})}"
