"""The caller's sessions."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors
from accounts.api import refusals
from accounts.api.pages import PAGE_PARAMETERS, page_url
from accounts.api.responses import SessionPageOut, session_response
from accounts.api.sign_in import signed_out
from accounts.api.signed_in import SignedInView
from accounts.services.sessions import session_close
from platform_site.kit.rest.descriptions import described
from platform_site.kit.rest.openapi import answer_header
from platform_site.kit.rest.pagination import limit_from, page_of


class SessionList(SignedInView):
    """Where I am signed in."""

    @described(
        "auth_sessions_list",
        parameters=PAGE_PARAMETERS,
        tag="auth",
        replies={200: SessionPageOut},
        refusals={**refusals.INVALID, **refusals.SIGNED_IN},
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
            SessionPageOut(
                results=[session_response(session, current=current) for session in page.items],
                next=page_url(request, limit, page.next_cursor),
                previous=page_url(request, limit, page.previous_cursor),
            )
        )


class SessionDetail(SignedInView):
    """One of my sessions."""

    @described(
        "auth_session_end",
        tag="auth",
        parameters=[answer_header("Set-Cookie", 204)],
        replies={204: None},
        refusals={**refusals.SIGNED_IN, 404: "`session_not_found`", **refusals.UNAVAILABLE},
    )
    def delete(self, request: Request, session_id: UUID) -> Response:
        """Sign out there."""
        current = self.session(request)
        session_close(session_id=session_id, user_id=current.user_id)
        return signed_out() if session_id == current.id else Response(status=204)
