"""URLs of the gateway, from the root; every one is public."""

from django.urls import path

from gateway.api.account import Account, AccountRestore
from gateway.api.documentation import Documentation, Schema
from gateway.api.images import ImageActions, ImageDetail, ImageRestore, Images, ImagesCount
from gateway.api.jobs import JobCancel, JobDetail, JobRetry, Jobs
from gateway.api.overview import OverviewDetail, StatusDetailView, UsageDetail
from gateway.api.process import Process
from gateway.api.renditions import Presets, Renditions

app_name = "gateway"
ROOT = "api/v1"
IMAGE = f"{ROOT}/images/<uuid:image_id>"
JOB = f"{ROOT}/jobs/<uuid:job_id>"

urlpatterns = [
    path(f"{ROOT}/images", Images.as_view(), name="images"),
    path(f"{ROOT}/images/count", ImagesCount.as_view(), name="images-count"),
    path(f"{ROOT}/images/actions", ImageActions.as_view(), name="images-actions"),
    path(IMAGE, ImageDetail.as_view(), name="image"),
    path(f"{IMAGE}/restore", ImageRestore.as_view(), name="image-restore"),
    path(f"{IMAGE}/renditions", Renditions.as_view(), name="renditions"),
    path(f"{ROOT}/process", Process.as_view(), name="process"),
    path(f"{ROOT}/jobs", Jobs.as_view(), name="jobs"),
    path(JOB, JobDetail.as_view(), name="job"),
    path(f"{JOB}/cancel", JobCancel.as_view(), name="job-cancel"),
    path(f"{JOB}/retry", JobRetry.as_view(), name="job-retry"),
    path(f"{ROOT}/account", Account.as_view(), name="account"),
    path(f"{ROOT}/account/restore", AccountRestore.as_view(), name="account-restore"),
    path(f"{ROOT}/presets", Presets.as_view(), name="presets"),
    path(f"{ROOT}/usage", UsageDetail.as_view(), name="usage"),
    path(f"{ROOT}/overview", OverviewDetail.as_view(), name="overview"),
    path(f"{ROOT}/status", StatusDetailView.as_view(), name="status"),
    path(f"{ROOT}/schema", Schema.as_view(), name="schema"),
    path(f"{ROOT}/docs", Documentation.as_view(), name="docs"),
]
