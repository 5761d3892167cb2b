"""Every public path has one owner, and the inside is not outside."""

import pytest

from tests.edge.conftest import Site
from tests.edge.server import PAGE
from tests.edge.wire import ask, problem_of

pytestmark = pytest.mark.processes

ROUTES = [
    ("GET", "/api/v1/status", "gateway"),
    ("GET", "/api/v1/images?limit=2&tag=a%2Cb", "gateway"),
    ("POST", "/api/v1/images", "gateway"),
    ("POST", "/api/v1/process", "gateway"),
    ("DELETE", "/api/v1/images/0190", "gateway"),
    ("GET", "/api/v1/static/swagger.js", "gateway"),
    ("POST", "/auth/login", "auth"),
    ("DELETE", "/auth/sessions/0190", "auth"),
    ("GET", "/.well-known/jwks.json", "auth"),
    ("GET", "/i/k1/1999999999/c2ln/thumb/0190.webp", "images"),
    ("GET", "/i/k1/1999999999/c2ln/w_800,h_600,fit_cover,q_80/0190.jpg", "images"),
    # What a regular expression for static files would take away from its owner.
    ("GET", "/i/k1/1999999999/c2ln/thumb/0190.css", "images"),
    ("GET", "/api/v1/index.html", "gateway"),
    ("GET", "/auth/.git", "auth"),
]


@pytest.mark.parametrize(("method", "path", "owner"), ROUTES)
def test_a_path_reaches_its_owner_and_nobody_else(
    site: Site, method: str, path: str, owner: str
) -> None:
    reply = ask(site.port, path, method=method)

    assert (reply.status, reply.body) == (200, b"{}")
    asked = {
        name for name in ("gateway", "auth", "images", "store") if getattr(site, name).received
    }
    assert asked == {owner}
    request = getattr(site, owner).last
    assert (request.method, request.path) == (method, path)


@pytest.mark.parametrize(
    "path",
    [
        "/internal",
        "/internal/",
        "/internal/v1/images",
        "/internal/v1/token",
        "/%69nternal/v1/token",
        "/admin",
        "/admin/",
        "/admin/login/",
        "/metrics",
        "/metrics/",
        "/_store/images/originals/1",
        "/_files/originals/1",
        "/api",
        "/auth",
        "/i",
        "/.env",
        "/.git/config",
        "/.vite/manifest.json",
        "/wp-login.php",
        "/assets/index-gone.js",
        "/assets/",
        "/stub_status/x.txt",
    ],
)
def test_what_is_not_public_does_not_exist(site: Site, path: str) -> None:
    reply = ask(site.port, path)

    assert reply.status == 404
    assert problem_of(reply)["code"] == "not_found"
    assert site.nobody_was_asked()


@pytest.mark.parametrize(
    "path",
    [
        "//internal/v1/token",
        "/internal/v1/token/../../../auth/login",
        "/auth/../internal/v1/token",
        "/auth/..%2finternal/v1/token",
        "/auth/%2e%2e/internal/v1/token",
        "/auth/./login",
        "/auth//login",
        "/auth%2Flogin",
        "/api/v1/..%5cinternal",
        "/api/v1/images/..",
        "/i/k1/1/s/thumb/%2E%2E/1.jpg",
    ],
)
def test_a_path_that_could_mean_two_things_is_refused(site: Site, path: str) -> None:
    assert ask(site.port, path).status == 404
    assert site.nobody_was_asked()


@pytest.mark.parametrize("path", ["/apis", "/authors", "/images", "/internals", "/metricsx"])
def test_a_prefix_ends_at_its_slash(site: Site, path: str) -> None:
    reply = ask(site.port, path)

    assert (reply.status, reply.body.decode()) == (200, PAGE)
    assert site.nobody_was_asked()


def test_dots_and_escapes_in_a_query_are_the_callers_own(site: Site) -> None:
    path = "/api/v1/images?q=%2e%2e%2F..//x"

    assert ask(site.port, path).status == 200
    assert site.gateway.last.path == path


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/health", "/ready"])
def test_a_probe_is_answered_by_nginx_alone(site: Site, path: str) -> None:
    reply = ask(site.port, path)

    assert (reply.status, reply.json) == (200, {"status": "ok", "role": "frontend"})
    assert reply.header("Cache-Control") == "no-store"
    assert site.nobody_was_asked()


def test_stub_status_is_on_its_own_port_only(site: Site) -> None:
    own = ask(site.edge.status_port, "/stub_status")

    assert (own.status, own.body.split(b":")[0]) == (200, b"Active connections")
    assert ask(site.edge.status_port, "/").status == 404
    assert ask(site.edge.status_port, "/api/v1/status").status == 404
    assert ask(site.port, "/stub_status").body.decode() == PAGE
    assert site.nobody_was_asked()
