"""The staff's view of the library: what is there, what failed, and one action to try again.

Rows are made and changed by the services only, so nearly everything is read-only here.
"""

from typing import Final

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.safestring import SafeString

from images.delivery_urls import signer_now
from images.errors import JobNotRetryable
from images.job_errors import JOB_ERRORS
from images.models import Image, Job, Rendition, Usage, WorkerHeartbeat
from images.renditions import PRESETS
from images.services.jobs import job_retry

THUMB: Final = str(PRESETS["thumb"].spec("webp"))


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic when run
    """Looks, and does not touch."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Nobody adds by hand."""
        return False

    def has_change_permission(
        self,
        request: HttpRequest,  # noqa: ARG002
        obj: Model | None = None,  # noqa: ARG002
    ) -> bool:
        """Nobody changes by hand."""
        return False

    def has_delete_permission(
        self,
        request: HttpRequest,  # noqa: ARG002
        obj: Model | None = None,  # noqa: ARG002
    ) -> bool:
        """A deleted row would leave its objects; deletion is a job."""
        return False


@admin.register(Image)
class ImageAdmin(ReadOnlyAdmin):
    """Images with what they look like."""

    list_display = (
        "thumbnail", "filename", "state", "format", "pixels", "size", "owner_id", "created_at",
    )  # fmt: skip
    list_display_links = ("filename",)
    list_filter = ("state", "format", "animated", "complete")
    search_fields = ("id", "owner_id", "sha256", "filename", "title")
    ordering = ("-created_at", "-id")
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Image]:
        """The images with their renditions, in two queries."""
        images: QuerySet[Image] = super().get_queryset(request)
        return images.prefetch_related("renditions")

    @admin.display(description="picture")
    def thumbnail(self, image: Image) -> SafeString | str:
        """The smallest rendition, by its signed URL."""
        for rendition in image.renditions.all():
            if rendition.spec == THUMB and rendition.state == Rendition.State.READY:
                return format_html(
                    '<img src="{}" alt="" loading="lazy" style="max-width:80px;max-height:80px">',
                    signer_now().rendition_path(
                        image.id, spec=rendition.spec, preset=rendition.preset
                    ),
                )
        return ""

    @admin.display(description="pixels")
    def pixels(self, image: Image) -> str:
        """Width and height of the upright picture."""
        return f"{image.width} x {image.height}"

    @admin.display(description="size", ordering="bytes")
    def size(self, image: Image) -> str:
        """Bytes of the original, for people."""
        return filesizeformat(image.bytes)


@admin.register(Rendition)
class RenditionAdmin(ReadOnlyAdmin):
    """What was made, and what failed to be."""

    list_display = ("spec", "preset", "state", "width", "height", "bytes", "image", "created_at")
    list_filter = ("state", "format", "preset")
    list_select_related = ("image",)
    search_fields = ("image__id", "spec")
    ordering = ("-created_at", "-id")


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Jobs, why they failed, and the way to begin them again."""

    list_display = (
        "id", "kind", "state", "queue", "attempt", "reason", "retry_helps", "progress",
        "created_at", "finished_at",
    )  # fmt: skip
    list_filter = ("state", "kind", "queue", "error_code")
    search_fields = ("id", "image__id", "owner_id", "request_id")
    ordering = ("-created_at", "-id")
    actions = ("retry",)

    @admin.display(description="reason", ordering="error_code")
    def reason(self, job: Job) -> str:
        """The code of the error, and the detail that the run wrote."""
        return f"{job.error_code}: {job.error_detail}" if job.error_code else ""

    @admin.display(description="retry helps", boolean=True)
    def retry_helps(self, job: Job) -> bool | None:
        """Whether another try may end otherwise; unknown for a code of an earlier release."""
        error = JOB_ERRORS.get(job.error_code)
        return None if error is None else error.retry_helps

    @admin.display(description="progress")
    def progress(self, job: Job) -> str:
        """Steps done, of all."""
        return f"{job.progress_done} / {job.progress_total}"

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Those who might change a job, if anybody might."""
        return bool(request.user.has_perm("images.change_job"))

    @admin.action(description="Begin the chosen jobs again", permissions=["retry"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Begin again those that failed or were canceled, and report how many."""
        begun = 0
        for job in queryset:
            try:
                job_retry(job_id=job.id, owner_id=job.owner_id)
            except JobNotRetryable:
                continue
            begun += 1
        level = messages.SUCCESS if begun else messages.WARNING
        self.message_user(request, f"{begun} jobs begun again.", level)


@admin.register(Usage)
class UsageAdmin(ReadOnlyAdmin):
    """Room taken, by owner."""

    list_display = ("owner_id", "images", "bytes", "reserved_bytes")
    search_fields = ("owner_id",)
    ordering = ("-bytes",)


@admin.register(WorkerHeartbeat)
class WorkerHeartbeatAdmin(ReadOnlyAdmin):
    """Workers, and when they were last heard of."""

    list_display = ("name", "last_seen_at", "concurrency", "version", "queues")
    ordering = ("name",)
