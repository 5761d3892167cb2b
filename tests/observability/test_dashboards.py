"""The dashboards: complete, in one style, small, and what their source says."""

from configparser import ConfigParser
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
import yaml

from deploy.grafana.source.boards import BOARDS, DIRECTORY
from deploy.grafana.source.grafana import document, runbooks_address
from deploy.grafana.source.panels import Board
from tests.observability.expressions import MONITORING, ROOT, panels

NAMES: Final = {
    "System overview",
    "Gateway",
    "Auth",
    "Images and workers",
    "Frontend and edge",
    "Data layer",
    "Kubernetes resources",
}
MOST_BYTES: Final = 200_000


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.name)
def test_a_dashboard_is_what_its_source_writes(board: Board) -> None:
    written = (DIRECTORY / f"{board.name}.json").read_text()
    assert written == document(board), "run `make dashboards`"
    assert len(written.encode()) < MOST_BYTES


def test_the_six_of_the_mission_are_there_and_one_more() -> None:
    assert {board.title for board in BOARDS} == NAMES
    assert len({board.uid for board in BOARDS}) == len(BOARDS)
    assert {f"{board.name}.json" for board in BOARDS} == {p.name for p in DIRECTORY.glob("*.json")}


@pytest.mark.parametrize("panel", [p for _, p in panels()], ids=lambda panel: panel["title"])
def test_a_panel_tells_what_it_shows_and_in_which_unit(panel: dict[str, Any]) -> None:
    assert panel["description"].rstrip().endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert panel["datasource"] == {"type": "prometheus", "uid": "prometheus"}
    assert panel["gridPos"]["w"] + panel["gridPos"]["x"] <= 24


def test_panels_do_not_lie_over_each_other() -> None:
    for board in BOARDS:
        taken: set[tuple[int, int]] = set()
        for uid, panel in panels():
            if uid == board.uid:
                at = panel["gridPos"]
                cells = {
                    (x, y)
                    for x in range(at["x"], at["x"] + at["w"])
                    for y in range(at["y"], at["y"] + at["h"])
                }
                assert not cells & taken, (uid, panel["title"])
                taken |= cells


def test_a_panel_links_to_a_runbook_and_a_dashboard_that_exist() -> None:
    uids = {board.uid for board in BOARDS}
    linked = 0
    for _, panel in panels():
        for link in panel.get("links", []):
            address = urlsplit(link["url"])
            if link["title"] == "In detail":
                assert address.path.removeprefix("/d/") in uids
                continue
            page = link["url"].removeprefix(f"{runbooks_address()}/").partition("#")[0]
            text = (ROOT / "docs" / "runbooks" / page).read_text().lower()
            title = address.fragment.replace("-", " ")
            assert f"\n## {title}\n" in text, link
            linked += 1
    assert linked >= len(list(panels())) * 2 // 3


def test_the_overview_leads_to_each_service() -> None:
    (overview,) = [board for board in BOARDS if board.name == "overview"]
    led = {panel.board for row in overview.rows for panel in row.panels if panel.board}
    assert led == {"gateway", "auth", "images"}


def test_every_dashboard_is_mounted_as_a_config_map_of_its_own() -> None:
    kustomization = yaml.safe_load((DIRECTORY / "kustomization.yaml").read_text())
    made = {item["name"]: item["files"] for item in kustomization["configMapGenerator"]}
    assert made == {f"dashboard-{board.name}": [f"{board.name}.json"] for board in BOARDS}
    server = (MONITORING / "grafana" / "server.yaml").read_text()
    for name in made:
        assert f"configMap: {{name: {name}}}" in server


def test_a_diamond_leads_to_its_trace() -> None:
    sources = yaml.safe_load((MONITORING / "grafana" / "datasources.yaml").read_text())
    (prometheus,) = [item for item in sources["datasources"] if item["type"] == "prometheus"]
    assert prometheus["uid"] == "prometheus"
    (destination,) = prometheus["jsonData"]["exemplarTraceIdDestinations"]
    assert destination["name"] == "trace_id"
    tracing = yaml.safe_load(Path(MONITORING / "tracing" / "datasource.yaml").read_text())
    assert destination["datasourceUid"] in {item["uid"] for item in tracing["datasources"]}
    grafana = ConfigParser()
    grafana.read(MONITORING / "grafana" / "grafana.ini")
    assert grafana["auth.anonymous"]["org_role"] == "Viewer"
    assert grafana.getboolean("users", "viewers_can_edit"), "Explore refuses other viewers"
