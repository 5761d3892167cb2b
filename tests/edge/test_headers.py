"""What every reply says to a browser, whoever made it and however it ended."""

import gzip

import pytest

from tests.edge.conftest import Site
from tests.edge.server import PAGE, SCRIPT
from tests.edge.upstreams import Answer
from tests.edge.wire import ask

pytestmark = pytest.mark.processes

ALWAYS = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
NOTHING_BUT = "default-src 'none'; frame-ancestors 'none'"
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/library/0190", 200),
        ("GET", "/favicon.svg", 200),
        ("GET", "/app.webmanifest", 200),
        ("GET", "/assets/index-abc123.js", 200),
        ("GET", "/assets/gone.js", 404),
        ("POST", "/", 405),
        ("GET", "/internal/v1/token", 404),
        ("GET", "/admin/", 404),
        ("GET", "/metrics", 404),
        ("GET", "/auth//x", 404),
        ("GET", "/livez", 200),
        ("GET", "/api/v1/usage", 200),
        ("GET", "/api/v1/images", 200),
        ("GET", "/api/v1/images/1", 200),
        ("POST", "/api/v1/process", 200),
        ("GET", "/auth/profile", 200),
        ("GET", "/.well-known/jwks.json", 200),
        ("GET", "/i/k/1/s/thumb/1.jpg", 200),
        ("GET", f"/{'a' * 9000}", 414),
    ],
)
def test_security_headers_stand_once_on_every_location(
    site: Site, method: str, path: str, status: int
) -> None:
    reply = ask(site.port, path, method=method)

    assert reply.status == status
    assert {name: reply.header(name) for name in ALWAYS} == ALWAYS
    assert "frame-ancestors 'none'" in (reply.header("Content-Security-Policy") or "")
    assert reply.header("Server") == "nginx"
    assert reply.header("X-Request-ID")


@pytest.mark.parametrize(
    "status", [200, 201, 204, 304, 400, 401, 404, 409, 422, 429, 500, 502, 503]
)
@pytest.mark.parametrize("path", ["/api/v1/usage", "/auth/profile", "/i/k/1/s/thumb/1.jpg"])
def test_a_role_that_says_the_same_does_not_double_them(site: Site, path: str, status: int) -> None:
    said = {**ALWAYS, "Strict-Transport-Security": "max-age=1", "Retry-After": "7"}
    for role in (site.gateway, site.auth, site.images):
        role.respond = lambda _: Answer(status, said, b"" if status in {204, 304} else b"{}")

    reply = ask(site.port, path)

    assert reply.status == status
    assert {name: reply.header(name) for name in ALWAYS} == ALWAYS
    if (path, status) != ("/i/k/1/s/thumb/1.jpg", 502):
        assert reply.header("Retry-After") == "7"


def test_a_page_may_load_its_own_files_only_and_no_inline_script(site: Site) -> None:
    reply = ask(site.port, "/")

    assert reply.header("Content-Security-Policy") == PAGE_POLICY
    assert "unsafe" not in PAGE_POLICY


def test_the_policy_of_a_page_that_a_role_serves_is_that_roles(site: Site) -> None:
    own = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'"
    site.gateway.respond = lambda _: Answer(headers={"Content-Security-Policy": own})

    assert ask(site.port, "/api/v1/docs").header("Content-Security-Policy") == own
    assert ask(site.port, "/auth/profile").header("Content-Security-Policy") == NOTHING_BUT


def test_nothing_loosens_the_policy_of_a_delivered_file(site: Site) -> None:
    site.images.respond = lambda _: Answer(
        headers={
            "Content-Security-Policy": "default-src *",
            "Cross-Origin-Resource-Policy": "same-site",
        }
    )

    reply = ask(site.port, "/i/k/1/s/thumb/1.svg")

    assert reply.header("Content-Security-Policy") == f"{NOTHING_BUT}; sandbox"
    assert reply.header("Cross-Origin-Resource-Policy") == "cross-origin"


def test_assets_never_change_and_pages_are_asked_for_again(site: Site) -> None:
    asset = ask(site.port, "/assets/index-abc123.js")
    page = ask(site.port, "/library/0190")

    assert asset.header("Cache-Control") == "public, max-age=31536000, immutable"
    assert asset.header("Content-Type") == "application/javascript"
    assert asset.body.decode() == SCRIPT
    assert page.header("Cache-Control") == "no-cache"
    assert page.header("Content-Type") == "text/html"
    assert page.body.decode() == PAGE
    assert ask(site.port, "/index.html").header("Cache-Control") == "no-cache"


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/app.webmanifest", "application/manifest+json"),
        ("/favicon.svg", "image/svg+xml"),
        ("/favicon.ico", "image/x-icon"),
        ("/icon-192.png", "image/png"),
    ],
)
def test_what_a_page_is_installed_with_says_what_it_is(
    site: Site, path: str, content_type: str
) -> None:
    reply = ask(site.port, path)

    assert (reply.status, reply.header("Content-Type")) == (200, content_type)
    assert reply.header("Cache-Control") == "no-cache"
    assert reply.header("Content-Security-Policy") == PAGE_POLICY


def test_an_asset_that_is_gone_is_not_remembered(site: Site) -> None:
    assert ask(site.port, "/assets/gone.js").header("Cache-Control") == "no-store"


def test_an_unchanged_page_costs_a_304(site: Site) -> None:
    etag = ask(site.port, "/").header("ETag") or ""

    reply = ask(site.port, "/", headers={"If-None-Match": etag})

    assert (reply.status, reply.body) == (304, b"")
    assert reply.header("Cache-Control") == "no-cache"
    assert reply.header("Content-Security-Policy") == PAGE_POLICY


@pytest.mark.parametrize("path", ["/", "/assets/index-abc123.js", "/api/v1/images"])
def test_text_is_compressed_for_who_can_read_it(site: Site, path: str) -> None:
    long = b'{"results":[' + b"1," * 2000 + b"1]}"
    site.gateway.respond = lambda _: Answer(headers={"Content-Type": "application/json"}, body=long)
    plain = ask(site.port, path)

    reply = ask(site.port, path, headers={"Accept-Encoding": "gzip"})

    assert reply.header("Content-Encoding") == "gzip"
    assert "Accept-Encoding" in (reply.header("Vary") or "")
    assert gzip.decompress(reply.body) == plain.body
    assert len(reply.body) < len(plain.body) / 4


@pytest.mark.parametrize("path", ["/auth/login", "/api/v1/images/0190", "/i/k/1/s/thumb/1.jpg"])
def test_tokens_versions_and_pictures_are_sent_as_they_are(site: Site, path: str) -> None:
    etag = '"3-abcdef"'
    answer = Answer(
        headers={"Content-Type": "application/json", "ETag": etag}, body=b'{"a":"' + b"x" * 4000
    )
    for role in (site.gateway, site.auth, site.images):
        role.respond = lambda _: answer

    reply = ask(site.port, path, headers={"Accept-Encoding": "gzip"})

    assert reply.header("Content-Encoding") is None
    assert reply.header("ETag") == etag
