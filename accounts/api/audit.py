"""What was done at the caller's account."""

from rest_framework.request import Request
from rest_framework.response import Response

from accounts import selectors
from accounts.api import refusals
from accounts.api.audit_shapes import AuditPageOut, AuditQuery, audit_entry_response
from accounts.api.pages import PAGE_PARAMETERS, page_url
from accounts.api.signed_in import SignedInView
from platform_site.kit.rest.descriptions import described
from platform_site.kit.rest.pagination import limit_from, page_of


class AuditList(SignedInView):
    """The audit of my account."""

    @described(
        "auth_audit_list",
        parameters=[*PAGE_PARAMETERS, AuditQuery],
        tag="auth",
        replies={200: AuditPageOut},
        refusals={**refusals.INVALID, **refusals.SIGNED_IN},
    )
    def get(self, request: Request) -> Response:
        """What was done at my account, by me or by others, newest first."""
        session = self.session(request)
        act = request.query_params.get("act")
        query = AuditQuery(data={} if act is None else {"act": act})
        query.is_valid(raise_exception=True)
        limit = limit_from(request.query_params.get("limit"))
        page = page_of(
            selectors.audit_of_user(user_id=session.user_id, **query.validated_data),
            limit=limit,
            cursor=request.query_params.get("cursor"),
        )
        asked = query.validated_data
        return Response(
            AuditPageOut(
                results=[audit_entry_response(entry) for entry in page.items],
                next=page_url(request, limit, page.next_cursor, **asked),
                previous=page_url(request, limit, page.previous_cursor, **asked),
            )
        )
