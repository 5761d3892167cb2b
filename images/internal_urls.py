"""What only other roles reach of the images role."""

from django.urls import path

from images.api import acts, exports, images, jobs, overview, platform, renditions, selections
from platform_site.kit.rest.hot_reads import alone, beside

V1 = "internal/v1"

urlpatterns = [
    path(f"{V1}/images", beside(images.ImageList, images.images_list)),
    path(f"{V1}/images/count", alone(selections.images_count)),
    path(f"{V1}/images/actions", selections.ImageActions.as_view()),
    path(f"{V1}/images/<uuid:image_id>", beside(images.ImageDetail, images.image_get)),
    path(f"{V1}/images/<uuid:image_id>/restore", images.ImageRestore.as_view()),
    path(
        f"{V1}/images/<uuid:image_id>/renditions",
        beside(renditions.RenditionList, renditions.renditions_list),
    ),
    path(f"{V1}/presets", alone(renditions.presets_list)),
    path(f"{V1}/jobs", alone(jobs.jobs_list)),
    path(f"{V1}/jobs/<uuid:job_id>", alone(jobs.job_get)),
    path(f"{V1}/jobs/<uuid:job_id>/cancel", jobs.JobCancel.as_view()),
    path(f"{V1}/jobs/<uuid:job_id>/retry", jobs.JobRetry.as_view()),
    path(f"{V1}/exports", beside(exports.ExportList, exports.exports_list)),
    path(f"{V1}/exports/finished", exports.ExportsReady.as_view()),
    path(f"{V1}/exports/<uuid:export_id>", alone(exports.export_get)),
    path(f"{V1}/overview", alone(overview.overview_get)),
    path(f"{V1}/usage", alone(platform.usage_get)),
    path(f"{V1}/owner/withhold", platform.OwnerWithhold.as_view()),
    path(f"{V1}/owner/release", platform.OwnerRelease.as_view()),
    path(f"{V1}/owner/purge", platform.OwnerPurge.as_view()),
    path(f"{V1}/owner/forget", platform.OwnerForget.as_view()),
    path(f"{V1}/acts", acts.ActList.as_view()),
    path(f"{V1}/status", platform.Status.as_view()),
]
