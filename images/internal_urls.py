"""What only other roles reach of the images role."""

from django.urls import path

from images.api import images, jobs, platform, renditions, selections

V1 = "internal/v1"

urlpatterns = [
    path(f"{V1}/images", images.ImageList.as_view()),
    path(f"{V1}/images/count", selections.ImageCount.as_view()),
    path(f"{V1}/images/actions", selections.ImageActions.as_view()),
    path(f"{V1}/images/<uuid:image_id>", images.ImageDetail.as_view()),
    path(f"{V1}/images/<uuid:image_id>/restore", images.ImageRestore.as_view()),
    path(f"{V1}/images/<uuid:image_id>/renditions", renditions.RenditionList.as_view()),
    path(f"{V1}/presets", renditions.PresetList.as_view()),
    path(f"{V1}/jobs", jobs.JobList.as_view()),
    path(f"{V1}/jobs/<uuid:job_id>", jobs.JobDetail.as_view()),
    path(f"{V1}/jobs/<uuid:job_id>/cancel", jobs.JobCancel.as_view()),
    path(f"{V1}/jobs/<uuid:job_id>/retry", jobs.JobRetry.as_view()),
    path(f"{V1}/usage", platform.UsageDetail.as_view()),
    path(f"{V1}/owner/withhold", platform.OwnerWithhold.as_view()),
    path(f"{V1}/owner/release", platform.OwnerRelease.as_view()),
    path(f"{V1}/owner/purge", platform.OwnerPurge.as_view()),
    path(f"{V1}/status", platform.Status.as_view()),
]
