"""The indexes by which rows are found: each list that may be asked for is a range of one of them.

So a page costs the same however many rows there are. The index of the search is PostgreSQL's alone:
migration 0007 builds it, and `images.search` asks it.
"""

from typing import Final

from django.db.models import Index, Q

PAGE: Final = ("created_at", "id")
THERE: Final = Q(trashed_at__isnull=True)
IN_TRASH: Final = Q(trashed_at__isnull=False) & ~Q(state="purged")

OF_IMAGES: Final = [
    Index(fields=["owner_id", *PAGE], name="images_image_there", condition=THERE),
    Index(
        fields=["owner_id", *PAGE],
        name="images_image_trashed",
        condition=IN_TRASH,
    ),
    Index(fields=["owner_id", "state", *PAGE], name="images_image_by_state", condition=THERE),
    Index(fields=["owner_id", "format", *PAGE], name="images_image_by_format", condition=THERE),
    Index(fields=["owner_id", "state", *PAGE], name="images_trash_by_state", condition=IN_TRASH),
    Index(fields=["owner_id", "format", *PAGE], name="images_trash_by_format", condition=IN_TRASH),
    Index(fields=["owner_id", "id"], name="images_image_purged", condition=Q(state="purged")),
    Index(fields=["trashed_at"], name="images_image_trash", condition=Q(trashed_at__isnull=False)),
]
OF_TAGS: Final = [
    Index(fields=["owner_id", "name", "image_created_at", "image"], name="images_tag_of_owner"),
]
OF_JOBS: Final = [
    Index(fields=["owner_id", *PAGE], name="images_job_by_owner"),
    Index(
        fields=["owner_id", *PAGE],
        name="images_job_under_way",
        condition=Q(state__in=["queued", "running"]),
    ),
    Index(
        fields=["owner_id", "state", *PAGE],
        name="images_job_ended",
        condition=Q(state__in=["succeeded", "failed", "canceled"]),
    ),
    Index(
        fields=["state", "dispatched_at", "lease_until"],
        name="images_job_active",
        condition=Q(state__in=["queued", "running"]),
    ),
    Index(fields=["queue", "queued_at"], name="images_job_waiting", condition=Q(state="queued")),
    Index(fields=["state", "finished_at"], name="images_job_finished"),
]
