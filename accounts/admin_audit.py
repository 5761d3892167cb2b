"""The audit at Django's admin: a list to search and export, and an entry for whatever is posted."""

from collections.abc import Callable, Iterator
from typing import Any, Final
from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from accounts.fields import normalized_email
from accounts.models import AuditEntry, User
from accounts.secret_keys import peppered
from accounts.services.audit import Outcome, audit_record
from accounts.services.audit_exports import exported_line
from accounts.services.sign_in import EMAIL_DIGEST

SIGN_IN: Final = "login"
"""The page that records by itself, with who tried."""


def admin_changes_recorded(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: one entry for each form that the staff post, whatever app it belongs to.

    What the services of accounts do behind it has entries of its own, in its transaction.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        user = request.user  # read when a page asks for it, and still there after signing out
        response = get_response(request)
        match = request.resolver_match
        if request.method != "POST" or match is None or match.app_name != "admin":
            return response
        if match.url_name != SIGN_IN:
            _record(request, user.pk, response.status_code, str(match.url_name))
        return response

    return answer


def _record(request: HttpRequest, by: object, status: int, page: str) -> None:
    subject = request.resolver_match and request.resolver_match.kwargs.get("object_id", "")
    outcome: Outcome = "succeeded" if status in {200, 302} else "refused"
    audit_record(
        f"admin.{page.rpartition('_')[2] or 'page'}",
        user_id=_account(page, str(subject or "")),
        by=by if isinstance(by, UUID) else None,
        target=request.path,
        outcome=outcome,
        # A page that comes again shows what is wrong about the form, or asks whether one is sure.
        answer="done" if status == 302 else str(status),  # noqa: PLR2004
        **({"action": action[:60]} if (action := request.POST.get("action")) else {}),
    )


def _account(page: str, subject: str) -> UUID | None:
    if page not in {"accounts_user_change", "auth_user_password_change"}:
        return None
    try:
        return UUID(subject)
    except ValueError:
        return None


class AuditAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Every entry: to search, to read and to export."""

    list_display = ("created_at", "act", "outcome", "user_id", "by_id", "address", "target")
    list_filter = ("outcome", "act", "created_at")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-id")
    search_fields = ("act__startswith",)
    search_help_text = "An act, an address, the id of an account or request, or an e-mail address."
    show_full_result_count = False
    list_per_page = 50
    actions = ("export_chosen",)
    readonly_fields = tuple(field.name for field in AuditEntry._meta.concrete_fields)  # noqa: SLF001

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002
        queryset: QuerySet[AuditEntry],
        search_term: str,
    ) -> tuple[QuerySet[AuditEntry], bool]:
        """By what is indexed, and the start of an act."""
        term = search_term.strip()
        if not term:
            return queryset, False
        return queryset.filter(_matches(term)), False

    @admin.action(description="Export as JSON lines", permissions=["view"])
    def export_chosen(
        self,
        request: HttpRequest,  # noqa: ARG002
        queryset: QuerySet[AuditEntry],
    ) -> StreamingHttpResponse:
        """The chosen entries, or all that the search has found, as they are read."""
        response = StreamingHttpResponse(_lines(queryset), content_type="application/x-ndjson")
        response["Content-Disposition"] = 'attachment; filename="audit.jsonl"'
        return response

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Entries are made by what is done."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Nobody changes one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Nobody removes one."""
        return False


def _matches(term: str) -> Q:
    found = Q(act=term) | Q(act__startswith=f"{term}.") | Q(address=term) | Q(request_id=term)
    try:
        return found | Q(user_id=UUID(term)) | Q(by_id=UUID(term)) | Q(id=UUID(term))
    except ValueError:
        pass
    if "@" in term:
        account = User.objects.filter(email=term).values_list("id", flat=True).first()
        digests = peppered(EMAIL_DIGEST, normalized_email(term))
        found |= Q(details__email_digest__in=digests)
        found |= Q(user_id=account) if account else Q()
    return found


def _lines(queryset: QuerySet[AuditEntry]) -> Iterator[bytes]:
    return map(exported_line, queryset.iterator(chunk_size=1000))
