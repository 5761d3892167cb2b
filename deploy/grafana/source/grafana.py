"""Turns our boards into Grafana's JSON, in one style: units, thresholds, legends, links."""

import json
from pathlib import Path
from typing import Any, Final

import yaml
from grafana_foundation_sdk.builders import common, dashboard, prometheus, stat, timeseries
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    GraphTresholdsStyleMode,
    LegendDisplayMode,
    LegendPlacement,
    StackingMode,
    TooltipDisplayMode,
    VisibilityMode,
)
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLink,
    DashboardLinkType,
    DataSourceRef,
    FieldColorModeId,
    Threshold,
    ThresholdsMode,
)

from deploy.grafana.source.panels import Board, Panel

SOURCE: Final = DataSourceRef(type_val="prometheus", uid="prometheus")
PROMETHEUS: Final = Path(__file__).resolve().parents[2] / "k8s/monitoring/prometheus/prometheus.yml"
TAG: Final = "image-platform"
NUMBER_HEIGHT, GRAPH_HEIGHT = 4, 8
FAINT, STRONG = 8, 25


def runbooks_address() -> str:
    """Where the runbooks are, as Prometheus tells it in every alert."""
    labels = yaml.safe_load(PROMETHEUS.read_text())["global"]["external_labels"]
    return str(labels["runbooks"])


def document(board: Board) -> str:
    """The JSON of ``board``, the same at every run."""
    builder = (
        dashboard.Dashboard(board.title)
        .uid(board.uid)
        .description(board.description)
        .tags([TAG])
        .readonly()
        .refresh("30s")
        .time("now-1h", "now")
        .timezone("browser")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .link(_siblings())
        .annotation(_alerts())
    )
    for row in board.rows:
        builder = builder.with_row(dashboard.Row(row.title))
        for panel in row.panels:
            builder = builder.with_panel(_panel(panel))
    built: Any = json.loads(JSONEncoder(sort_keys=True).encode(builder.build()))
    return json.dumps(built, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _siblings() -> dashboard.DashboardLink:
    return (
        dashboard.DashboardLink("Other dashboards")
        .type(DashboardLinkType.DASHBOARDS)
        .tags([TAG])
        .keep_time(True)
        .as_dropdown(True)
    )


def _alerts() -> dashboard.AnnotationQuery:
    return (
        dashboard.AnnotationQuery()
        .name("Alerts")
        .datasource(SOURCE)
        .enable(True)
        .icon_color("red")
        .expr('ALERTS{alertstate="firing",severity="critical"}')
    )


def _panel(panel: Panel) -> Any:
    made = _number(panel) if panel.kind == "number" else _graph(panel)
    made = (
        made.title(panel.title)
        .description(panel.description)
        .datasource(SOURCE)
        .unit(panel.unit)
        .span(panel.width)
        .thresholds(_thresholds(panel))
        .links(_links(panel))
        .targets([_target(panel, number) for number in range(len(panel.queries))])
    )
    if panel.decimals is not None:
        made = made.decimals(panel.decimals)
    if panel.lowest is not None:
        made = made.min(panel.lowest)
    return made if panel.highest is None else made.max(panel.highest)


def _number(panel: Panel) -> stat.Panel:
    has_steps = bool(panel.steps)
    return (
        stat.Panel()
        .height(NUMBER_HEIGHT)
        .graph_mode(BigValueGraphMode.AREA)
        .color_mode(BigValueColorMode.VALUE if has_steps else BigValueColorMode.NONE)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
    )


def _graph(panel: Panel) -> timeseries.Panel:
    made = (
        timeseries.Panel()
        .height(GRAPH_HEIGHT)
        .line_width(1)
        .fill_opacity(STRONG if panel.kind == "areas" else FAINT)
        .show_points(VisibilityMode.NEVER)
        .color_scheme(dashboard.FieldColor().mode(FieldColorModeId.PALETTE_CLASSIC_BY_NAME))
        .legend(
            common.VizLegendOptions()
            .show_legend(True)
            .display_mode(LegendDisplayMode.TABLE)
            .placement(LegendPlacement.RIGHT)
            .calcs(["lastNotNull", "max"])
        )
        .tooltip(common.VizTooltipOptions().mode(TooltipDisplayMode.MULTI))
    )
    if panel.kind == "areas":
        made = made.stacking(common.StackingConfig().mode(StackingMode.NORMAL))
    if panel.steps:
        style = common.GraphThresholdsStyleConfig().mode(GraphTresholdsStyleMode.DASHED)
        made = made.thresholds_style(style)
    return made


def _thresholds(panel: Panel) -> dashboard.ThresholdsConfig:
    steps = [Threshold(value=None, color=panel.below)]
    steps += [Threshold(value=value, color=color) for value, color in panel.steps]
    return dashboard.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)


def _links(panel: Panel) -> list[Builder[DashboardLink]]:
    found = []
    if panel.board:
        found.append(("In detail", f"/d/platform-{panel.board}?${{__url_time_range}}"))
    if panel.runbook:
        found.append(("Runbook", f"{runbooks_address()}/{panel.runbook}"))
    return [
        dashboard.DashboardLink(title).type(DashboardLinkType.LINK).url(url).target_blank(True)
        for title, url in found
    ]


def _target(panel: Panel, number: int) -> prometheus.Dataquery:
    query = panel.queries[number]
    return (
        prometheus.Dataquery()
        .datasource(SOURCE)
        .ref_id(chr(ord("A") + number))
        .expr(query.expr)
        .legend_format(query.legend or "__auto")
        .exemplar(panel.exemplars)
        .range()
    )
