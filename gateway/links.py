"""What the other roles answer, as the public sees it: paths and cursors become URLs."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from django.conf import settings
from rest_framework.request import Request

from gateway.clients.types import (
    ImagePage,
    JobPage,
    StoredImage,
    StoredRendition,
    StoredRenditions,
    StoredUpload,
)
from gateway.responses import (
    Image,
    ImageLinks,
    ImageResults,
    JobResults,
    Rendition,
    RequestedRenditions,
    Upload,
)

SAME_IN_IMAGE = tuple(f.name for f in fields(StoredImage) if f.name in Image.__slots__)
SAME_IN_RENDITION = tuple(f.name for f in fields(StoredRendition) if f.name in Rendition.__slots__)


class Links:
    """Builds URLs for one request, under ``PUBLIC_URL`` or the host that was asked."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._base = settings.PUBLIC_URL.rstrip("/") or request.build_absolute_uri("/")[:-1]

    def url(self, path: str) -> str:
        """The absolute URL of ``path``, which starts with a slash."""
        return f"{self._base}{path}"

    def rendition(self, stored: StoredRendition) -> Rendition:
        """``stored`` with a URL in place of its path."""
        values: dict[str, Any] = {name: getattr(stored, name) for name in SAME_IN_RENDITION}
        return Rendition(**values, url=self.url(stored.path) if stored.path else None)

    def renditions(self, stored: Sequence[StoredRendition]) -> list[Rendition]:
        """Each of ``stored`` with its URL."""
        return [self.rendition(item) for item in stored]

    def image(self, stored: StoredImage) -> Image:
        """``stored`` with its links."""
        values: dict[str, Any] = {name: getattr(stored, name) for name in SAME_IN_IMAGE}
        values["renditions"] = self.renditions(stored.renditions)
        here = self.url(f"/api/v1/images/{stored.id}")
        original = self.url(stored.original_path) if stored.original_path else None
        links = ImageLinks(self=here, original=original, renditions=f"{here}/renditions")
        return Image(**values, links=links)

    def upload(self, stored: StoredUpload) -> Upload:
        """The answer to an upload."""
        return Upload(image=self.image(stored.image), job=stored.job, duplicate=stored.duplicate)

    def rendition_request(self, stored: StoredRenditions) -> RequestedRenditions:
        """The answer to a request for a rendition."""
        return RequestedRenditions(
            image=self.image(stored.image),
            job=stored.job,
            renditions=self.renditions(stored.renditions),
        )

    def images(self, page: ImagePage) -> ImageResults:
        """A page of images with its neighbours' URLs."""
        return ImageResults(
            results=[self.image(item) for item in page.results],
            next=self._neighbour(page.next_cursor),
            previous=self._neighbour(page.previous_cursor),
        )

    def jobs(self, page: JobPage) -> JobResults:
        """A page of jobs with its neighbours' URLs."""
        return JobResults(
            results=page.results,
            next=self._neighbour(page.next_cursor),
            previous=self._neighbour(page.previous_cursor),
        )

    def _neighbour(self, cursor: str | None) -> str | None:
        if cursor is None:
            return None
        query = self._request.query_params.copy()
        query["cursor"] = cursor
        return self.url(f"{self._request.path}?{query.urlencode()}")
