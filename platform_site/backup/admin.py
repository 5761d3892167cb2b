"""The staff's view of backups: the state on top, then every run, and nothing to change."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from platform_site.backup.models import RecordedRun
from platform_site.backup.selectors import NewestRuns, newest_runs

MINUTE_S: Final = 60.0
LONG_REASON: Final = 80


@dataclass(frozen=True, slots=True)
class StateRow:
    """One line of the state on top, in words."""

    title: str
    last: datetime | None
    """When the last that ended began; ``None`` when there was none."""
    verdict: str
    css_class: str
    succeeded: datetime | None
    next_due: str


def state_row(title: str, newest: NewestRuns) -> StateRow:
    """The state of one kind of run."""
    ended = newest.ended
    if ended is None:
        verdict, css_class = "there was none yet", "warning" if newest.interval_s else "info"
    elif ended.outcome == RecordedRun.Outcome.SUCCEEDED:
        verdict, css_class = "succeeded", "success"
    else:
        verdict, css_class = f"failed: {ended.reason}", "error"
    if newest.is_late and css_class == "success":
        verdict, css_class = "succeeded, but it is late", "warning"
    return StateRow(
        title=title,
        last=ended.started_at if ended else None,
        verdict=verdict,
        css_class=css_class,
        succeeded=newest.succeeded.started_at if newest.succeeded else None,
        next_due=_next_due(newest),
    )


def _next_due(newest: NewestRuns) -> str:
    if newest.running is not None:
        return f"runs since {_moment(newest.running.started_at)}"
    if not newest.interval_s:
        return "none is expected here"
    return f"by {_moment(newest.due_by)}" if newest.due_by else "at once"


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M} {timezone.get_current_timezone_name()}"


@admin.register(RecordedRun)
class RecordedRunAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic when run
    """Backups, rehearsals and restores, the newest first."""

    list_display = (
        "started_at", "kind", "outcome", "short_reason", "took", "checked", "recovery_time",
        "recovery_point", "rows", "objects_total", "size",
    )  # fmt: skip
    list_filter = ("kind", "outcome")
    search_fields = ("backup", "reason")
    ordering = ("-started_at", "-id")
    list_per_page = 50
    show_full_result_count = False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, with the state above it."""
        kinds = {"Backup": RecordedRun.Kind.BACKUP, "Rehearsal": RecordedRun.Kind.REHEARSAL}
        state = [state_row(title, newest_runs(kind)) for title, kind in kinds.items()]
        return super().changelist_view(request, {**(extra_context or {}), "state": state})

    @admin.display(description="took")
    def took(self, run: RecordedRun) -> str:
        """How long it ran."""
        return _duration(run.seconds)

    @admin.display(description="size", ordering="bytes_total")
    def size(self, run: RecordedRun) -> str:
        """Bytes of the objects, for people."""
        return "" if run.bytes_total is None else filesizeformat(run.bytes_total)

    @admin.display(description="hashes compared")
    def checked(self, run: RecordedRun) -> str:
        """Of how many objects, and whether that is all of them."""
        if run.checked_ratio is None:
            return ""
        if run.checked_ratio >= 1:
            return f"all {run.objects_checked}"
        return f"{run.objects_checked} at random ({run.checked_ratio:.1%})"

    @admin.display(description="RPO", ordering="recovery_point_s")
    def recovery_point(self, run: RecordedRun) -> str:
        """What a disaster at its start would have lost."""
        return _duration(run.recovery_point_s)

    @admin.display(description="RTO", ordering="recovery_time_s")
    def recovery_time(self, run: RecordedRun) -> str:
        """How long the platform took to come back."""
        return _duration(run.recovery_time_s)

    @admin.display(description="why it failed", ordering="reason")
    def short_reason(self, run: RecordedRun) -> str:
        """The beginning; the page of the run has the rest."""
        cut = run.reason[:LONG_REASON]
        return cut if cut == run.reason else f"{cut}…"

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Runs write themselves."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Nobody changes one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Nobody removes one."""
        return False


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < MINUTE_S:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
