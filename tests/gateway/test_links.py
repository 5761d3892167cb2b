"""gateway/links.py: paths and cursors become URLs."""

from urllib.parse import parse_qs, urlsplit

from django.test import RequestFactory
from django.urls import reverse
from pytest_django import Settings
from rest_framework.request import Request

from gateway.clients.documents import document_as
from gateway.clients.types import ImagePage, StoredImage
from gateway.links import Links
from tests.gateway.documents import IMAGE_ID, image, page, rendition


def links(path: str = "/api/v1/images") -> Links:
    return Links(Request(RequestFactory().get(path)))


def test_urls_stand_under_the_public_url(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://photos.example"
    shown = links().image(document_as(StoredImage, image()))
    assert shown.links.self == f"https://photos.example/api/v1/images/{IMAGE_ID}"
    assert shown.links.renditions == f"{shown.links.self}/renditions"
    assert shown.links.original == "https://photos.example/i/k1/1900000000/sig/original/x.jpg"
    assert shown.renditions[0].url == "https://photos.example/i/k1/1900000000/sig/thumb/x.webp"


def test_without_a_public_url_the_host_that_was_asked_is_used(settings: Settings) -> None:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "", ["testserver"]
    shown = links().image(document_as(StoredImage, image()))
    assert shown.links.self == f"http://testserver/api/v1/images/{IMAGE_ID}"


def test_links_are_the_routes_own(settings: Settings) -> None:
    settings.PUBLIC_URL = ""
    shown = links().image(document_as(StoredImage, image()))
    path = reverse("gateway:image", kwargs={"image_id": IMAGE_ID})
    assert urlsplit(shown.links.self).path == path
    path = reverse("gateway:renditions", kwargs={"image_id": IMAGE_ID})
    assert urlsplit(shown.links.renditions).path == path


def test_what_is_not_ready_has_no_url() -> None:
    pending = image(renditions=[rendition(state="pending", path=None)], original_path=None)
    shown = links().image(document_as(StoredImage, pending))
    assert shown.renditions[0].url is None
    assert shown.links.original is None


def test_neighbours_keep_the_query(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://photos.example"
    found = document_as(ImagePage, page(following="n+1", before="p=1"))
    shown = links("/api/v1/images?tag=dog&limit=2&cursor=old").images(found)
    following, before = urlsplit(shown.next or ""), urlsplit(shown.previous or "")
    assert f"{following.scheme}://{following.netloc}{following.path}" == (
        "https://photos.example/api/v1/images"
    )
    assert parse_qs(following.query) == {"tag": ["dog"], "limit": ["2"], "cursor": ["n+1"]}
    assert parse_qs(before.query)["cursor"] == ["p=1"]


def test_the_ends_have_no_neighbours() -> None:
    shown = links().images(document_as(ImagePage, page()))
    assert (shown.next, shown.previous) == (None, None)
