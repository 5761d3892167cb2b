"""Doors open and close in order, with the rights that the manifests give and no others.

The server is strict about what it is asked, and keeps objects as merge patches say; it is no whole
API server.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from platform_site.rollout.cluster import ClusterRefuses, SplitCluster
from tests.edge.upstreams import Answer, Received, Upstream, serving

pytestmark = pytest.mark.enable_socket

COMPONENT = Path(__file__).resolve().parents[3] / "deploy/k8s/components/blue-green"
PREFIX = "/api/v1/namespaces/image-platform/"


def documents(name: str) -> list[dict[str, Any]]:
    return [found for found in yaml.safe_load_all((COMPONENT / name).read_text()) if found]


@dataclass
class Api:
    """An API server with the objects of the component, and the rights of the Role."""

    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    rights: set[tuple[str, str]] = field(default_factory=set)
    asked: set[tuple[str, str]] = field(default_factory=set)
    changes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for item in (*documents("next.yaml"), *documents("rollout/rollout.yaml")):
            self.objects[f"{item['kind'].lower()}s/{item['metadata']['name']}"] = item
            for rule in item.get("rules", []):
                self.rights |= {
                    (verb, f"{kind}/{name}")
                    for kind in rule["resources"]
                    for name in rule["resourceNames"]
                    for verb in rule["verbs"]
                }

    def respond(self, got: Received) -> Answer:
        path = got.path.removeprefix(PREFIX)
        assert got.headers["authorization"] == "Bearer a-token"
        self.asked.add((got.method.lower(), path))
        if (got.method.lower(), path) not in self.rights:
            return Answer(403, body=b'{"message":"forbidden"}')
        found = self.objects[path]
        if got.method == "PATCH":
            assert got.headers["content-type"] == "application/merge-patch+json"
            merge(found, json.loads(got.body))
            self.changes.append(path)
        return Answer(body=json.dumps(found).encode())

    def open_doors(self) -> list[str]:
        return sorted(
            name.partition("/")[2]
            for name, item in self.objects.items()
            if name.startswith("services/next") and "door" not in item["spec"]["selector"]
        )


def merge(into: dict[str, Any], change: dict[str, Any]) -> None:
    for name, value in change.items():
        if value is None:
            into.pop(name, None)
        elif isinstance(value, dict):
            merge(into.setdefault(name, {}), value)
        else:
            into[name] = value


@pytest.fixture
def server() -> Iterator[Upstream]:
    with serving() as upstream:
        yield upstream


@pytest.fixture
def api(server: Upstream) -> Api:
    api = Api()
    server.respond = api.respond
    return api


@pytest.fixture
def split(server: Upstream, tmp_path: Path) -> SplitCluster:
    (tmp_path / "token").write_text("a-token\n")
    return SplitCluster(f"http://{server.address}", tmp_path)


def test_as_they_are_applied_all_doors_are_closed(api: Api) -> None:
    assert api.open_doors() == []


def test_a_share_opens_its_door_and_those_below(api: Api, split: SplitCluster) -> None:
    split.share_set("green", 10)

    assert api.open_doors() == ["next-green-1", "next-green-10"]
    selector = api.objects["services/next-green-10"]["spec"]["selector"]
    assert selector == {"app.kubernetes.io/name": "frontend", "colour": "green"}


def test_everybody_back_closes_every_door(api: Api, split: SplitCluster) -> None:
    split.share_set("green", 100)
    split.share_set("green", 0)
    assert api.open_doors() == []


def test_what_closes_goes_first(api: Api, split: SplitCluster) -> None:
    split.share_set("blue", 100)
    api.changes.clear()
    split.share_set("green", 1)
    assert api.open_doors() == ["next-green-1"]
    assert api.changes[-1] == "services/next-green-1"


def test_nginx_looks_at_the_doors_to_the_new_colour_only(api: Api, split: SplitCluster) -> None:
    split.prepare("blue")
    split.prepare("green")
    assert sorted(api.objects["configmaps/split"]["data"]) == [
        *("green.1", "green.10", "green.100", "green.50"),
    ]


def test_what_is_remembered_and_the_files_do_not_overwrite_each_other(
    api: Api, split: SplitCluster
) -> None:
    split.remember({"new": "green"})
    split.prepare("green")
    assert split.remembered() == {"new": "green"}
    split.remember({"new": "green", "phase": "shared"})
    assert "green.50" in api.objects["configmaps/split"]["data"]


def test_it_does_all_that_the_role_allows_and_nothing_else(api: Api, split: SplitCluster) -> None:
    split.prepare("green")
    split.share_set("green", 1)
    split.remember({})
    split.remembered()
    assert api.asked == api.rights


def test_what_is_remembered_is_there_for_the_next_pod(api: Api, split: SplitCluster) -> None:
    assert split.remembered() is None
    split.remember({"new": "green"})
    assert split.remembered() == {"new": "green"}


def test_a_refusal_is_told_in_words(api: Api, split: SplitCluster) -> None:
    api.rights.clear()
    with pytest.raises(ClusterRefuses, match=r"configmaps/split: 403 .*forbidden"):
        split.remembered()
