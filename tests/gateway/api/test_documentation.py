"""gateway/api/documentation.py: the committed document for everybody, and a page of our own."""

import json
import re

import yaml
from django.test import Client
from pytest_django import Settings

from gateway.api.documentation import DOCUMENT


def test_a_problem_of_the_document_is_json(settings: Settings) -> None:
    settings.GATEWAY_READS_PER_MINUTE = 0
    reply = Client().get("/api/v1/schema")
    assert (reply.status_code, reply["Content-Type"]) == (429, "application/problem+json")
    assert json.loads(reply.content)["code"] == "rate_limited"


def test_anyone_can_fetch_the_document() -> None:
    reply = Client().get("/api/v1/schema", headers={"Accept": "application/vnd.oai.openapi+json"})
    assert reply.status_code == 200
    assert reply.content == DOCUMENT.read_bytes()
    assert "/api/v1/images" in json.loads(reply.content)["paths"]
    as_yaml = Client().get("/api/v1/schema")
    assert as_yaml.content.startswith(b"openapi: 3.1")
    assert yaml.safe_load(as_yaml.content) == json.loads(reply.content)


def served(source: str) -> int:
    reply = Client().get(source)
    reply.close()
    return reply.status_code


def test_the_page_loads_nothing_from_elsewhere() -> None:
    reply = Client().get("/api/v1/docs")
    assert (reply.status_code, reply["Content-Type"]) == (200, "text/html; charset=utf-8")
    page = reply.content.decode()
    sources = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert sources
    assert all(source.startswith("/") for source in sources), sources
    assert re.findall(r"<script>", page) == []
    assert {source: served(source) for source in sources} == dict.fromkeys(sources, 200)
    assert "script-src 'self';" in reply["Content-Security-Policy"]


def test_the_script_of_the_page_knows_where_the_document_is() -> None:
    reply = Client().get("/api/v1/docs?script=")
    assert reply["Content-Type"].startswith("application/javascript")
    assert b"/api/v1/schema" in reply.content
