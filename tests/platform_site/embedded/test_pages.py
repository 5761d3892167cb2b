"""The pages of the embedded role, and what is no page."""

from pathlib import Path

import pytest
from django.test import Client, RequestFactory
from pytest_django import Settings

from platform_site.embedded.pages import csrf_failure

PROBLEM = "application/problem+json"


@pytest.fixture(autouse=True)
def spa(settings: Settings, tmp_path: Path) -> None:
    settings.ROOT_URLCONF = "platform_site.urls.embedded"
    settings.FRONTEND_DIST = tmp_path
    (tmp_path / "index.html").write_text("<!doctype html>")


@pytest.mark.parametrize("path", ["/", "/library", "/images/1"])
def test_every_address_of_the_spa_is_the_spa(path: str) -> None:
    reply = Client().get(path)
    assert (reply.status_code, b"".join(reply)) == (200, b"<!doctype html>")
    assert reply["Cache-Control"] == "no-cache"


def test_a_missing_file_stays_missing() -> None:
    reply = Client().get("/assets/gone.js")
    assert (reply.status_code, reply["Content-Type"]) == (404, PROBLEM)


@pytest.mark.parametrize("path", ["/", "/library"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_a_page_is_read_and_nothing_else(method: str, path: str) -> None:
    reply = Client(enforce_csrf_checks=True).generic(method, path)
    assert (reply.status_code, reply["Content-Type"]) == (405, PROBLEM)
    assert (reply.json()["code"], reply["Allow"]) == ("method_not_allowed", "GET, HEAD")


@pytest.mark.parametrize(
    ("path", "content_type"), [("/admin/login/", "text/html"), ("/i/x", PROBLEM)]
)
def test_a_form_without_its_token_is_refused_in_the_callers_language(
    path: str, content_type: str
) -> None:
    request = RequestFactory().post(path)
    reply = csrf_failure(request, "no token")
    assert reply.status_code == 403
    assert reply["Content-Type"].startswith(content_type)


@pytest.mark.django_db
def test_the_admin_wants_the_token_of_its_form() -> None:
    reply = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "a"})
    assert (reply.status_code, reply["Content-Type"]) == (403, "text/html; charset=utf-8")
