import pytest
import urllib3
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from prometheus_client import generate_latest
from prometheus_client.registry import REGISTRY
from pytest_django import Settings
from rest_framework.decorators import api_view, permission_classes
from rest_framework.request import Request

from platform_site.kit.rest.problems import DomainError, problem_response
from platform_site.kit.telemetry.metrics import exporter_start, registry
from tests.servers.ports import free_port


def thing(_request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponse(status=201 if number else 404)


class Unavailable(DomainError):
    status = 503


class StillMaking(Unavailable):
    is_failure = False


def unavailable(request: HttpRequest) -> HttpResponse:
    return problem_response(Unavailable(), request)


@api_view()
@permission_classes([])
def still_making(_request: Request) -> HttpResponse:
    raise StillMaking


def broken(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=500)


urlpatterns = [
    path("metered/<int:number>", thing),
    path("unavailable", unavailable),
    path("still-making", still_making),
    path("broken", broken),
]


@pytest.fixture(autouse=True)
def routes(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__


def counted(route: str, status: int, method: str = "GET") -> float:
    labels = {"role": "embedded", "method": method, "route": route, "status": str(status)}
    return REGISTRY.get_sample_value("http_requests_total", labels) or 0.0


def timed(route: str) -> float:
    labels = {"role": "embedded", "method": "GET", "route": route}
    return REGISTRY.get_sample_value("http_request_seconds_count", labels) or 0.0


def test_requests_are_counted_exactly_and_by_their_route(client: Client) -> None:
    route = "/metered/<int:number>"
    before = counted(route, 201), counted(route, 404), timed(route)
    for number in range(17):
        client.get(f"/metered/{number}")
    after = counted(route, 201), counted(route, 404), timed(route)
    assert [b - a for a, b in zip(before, after, strict=True)] == [16, 1, 17]


def test_addresses_that_no_route_takes_are_one_label(client: Client) -> None:
    before = counted("unrouted", 404)
    for number in range(5):
        client.get(f"/scan/{number}/metered-nowhere")
    assert counted("unrouted", 404) - before == 5
    assert b"metered-nowhere" not in generate_latest(registry())


def test_failures_are_what_nobody_should_get_to_see(client: Client) -> None:
    def failures() -> float:
        return REGISTRY.get_sample_value("http_requests_failed_total", {"role": "embedded"}) or 0.0

    found = []
    for address in ("/metered/0", "/still-making", "/unavailable", "/broken"):
        before = failures()
        status = client.get(address).status_code
        found.append((status, failures() - before))
    assert found == [(404, 0), (503, 0), (503, 1), (500, 1)]
    assert counted("/still-making", 503) == 1


def test_methods_that_nobody_knows_are_one_label(client: Client) -> None:
    before = counted("/metered/<int:number>", 201, "OTHER")
    for method in ("BREW", "PROPFIND"):
        client.generic(method, "/metered/7")
    assert counted("/metered/<int:number>", 201, "OTHER") - before == 2
    assert b"BREW" not in generate_latest(registry())


def test_the_exporter_serves_every_metric_on_its_own_port(client: Client) -> None:
    client.get("/metered/1")
    port = free_port()
    exporter_start(port)
    reply = urllib3.request("GET", f"http://127.0.0.1:{port}/metrics", timeout=5.0)
    assert reply.status == 200
    text = reply.data.decode()
    assert 'http_requests_total{method="GET",role="embedded",route="/metered/<int:number>"' in text
    assert 'platform_build_info{role="embedded",version="' in text
    assert client.get("/metrics").status_code == 404


def test_port_zero_means_no_exporter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("platform_site.kit.telemetry.metrics.start_http_server")
    exporter_start(0)
