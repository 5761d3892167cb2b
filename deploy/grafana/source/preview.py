"""Draws every dashboard as a picture from a Prometheus, for those who have no Grafana at hand.

``python -m deploy.grafana.source.preview http://localhost:9090 directory`` writes one PNG for each
dashboard: the same panels, in the same places, with the same data, units and thresholds.
"""

import json
import math
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import urllib3
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, DateFormatter
from matplotlib.ticker import FuncFormatter

DIRECTORY: Final = Path(__file__).resolve().parents[1]
COLUMNS: Final = 24
CELL_WIDTH, CELL_HEIGHT, TITLE_HEIGHT = 0.72, 0.4, 0.7
"""In inches."""
SCALE_WIDTH, LEGEND_WIDTH = 0.04, 0.1
"""Space beside a graph for the numbers of its scale and for its legend, as parts of the picture."""
LONGEST_NAME: Final = 26
POINTS: Final = 120
MOST_LEGENDS: Final = 8
COLOURS: Final = {"green": "#3a9a4b", "orange": "#e0862b", "red": "#d13b3b", "blue": "#3a6fb0"}
SUFFIXES: Final = {
    "reqps": " req/s", "ops": " /s", "opm": " /min", "x": "x", "Bps": "B/s", "bytes": "B",
}  # fmt: skip
HOUR_S, DAY_S, PERCENT = 3600.0, 86_400.0, 100
Series = Mapping[str, Any]
Query = Callable[[str], Sequence[Series]]


def prometheus(address: str, *, seconds: float) -> Query:
    """How to ask the Prometheus at ``address`` about the last ``seconds``."""
    end = time.time()
    step = max(1.0, seconds / POINTS)

    def asked(expr: str) -> Sequence[Series]:
        fields = {
            "query": expr.replace("$__rate_interval", f"{max(15, math.ceil(4 * step))}s"),
            "start": str(end - seconds),
            "end": str(end),
            "step": str(step),
        }
        reply = urllib3.request("GET", f"{address}/api/v1/query_range", fields=fields, timeout=30.0)
        answer: Sequence[Series] = reply.json()["data"]["result"]
        return answer

    return asked


def board_draw(board: Mapping[str, Any], ask: Query, target: Path) -> None:
    """Write the picture of one dashboard."""
    panels = board["panels"]
    height = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels)
    inches = height * CELL_HEIGHT + TITLE_HEIGHT
    figure = plt.figure(figsize=(COLUMNS * CELL_WIDTH, inches), dpi=80)
    middle = 1 - TITLE_HEIGHT / 2 / inches
    figure.text(0.01, middle, board["title"], va="center", weight="bold", size=15)
    body = 1 - TITLE_HEIGHT / inches
    for panel in panels:
        at = panel["gridPos"]
        top = body * (1 - at["y"] / height)
        if panel["type"] == "row":
            figure.text(0.01, top - 0.5 * body / height, panel["title"], weight="bold", size=11)
            continue
        box = (at["x"] / COLUMNS, top - body * at["h"] / height, at["w"] / COLUMNS, body * at["h"])
        left, bottom, width, tall = box[0], box[1], box[2], box[3] / height
        if panel["type"] == "stat":
            axes = figure.add_axes((left + 0.01, bottom + tall * 0.1, width - 0.02, tall * 0.72))
            _number_draw(axes, panel, ask)
        else:
            graph_width = width - SCALE_WIDTH - LEGEND_WIDTH
            inner = (left + SCALE_WIDTH, bottom + tall * 0.13, graph_width, tall * 0.72)
            _graph_draw(figure.add_axes(inner), panel, ask)
    figure.savefig(target)
    plt.close(figure)


def _number_draw(axes: Axes, panel: Mapping[str, Any], ask: Query) -> None:
    axes.set_axis_off()
    axes.set_title(panel["title"], size=9, loc="left", color="#555555")
    times, values = _points(next(iter(ask(panel["targets"][0]["expr"])), None))
    known = [value for value in values if math.isfinite(value)]
    colour = _colour(panel, known[-1]) if known else "#999999"
    text = formatted(known[-1], _unit(panel), _decimals(panel)) if known else "no data"
    axes.text(0.5, 0.5, text, size=20, ha="center", color=colour, transform=axes.transAxes)
    if len(known) > 1:
        behind = axes.inset_axes((0, 0, 1, 0.35))
        behind.set_axis_off()
        behind.fill_between(_days(times), values, min(0, *known), color=colour, alpha=0.2)


def _graph_draw(axes: Axes, panel: Mapping[str, Any], ask: Query) -> None:
    axes.set_title(panel["title"], size=9, loc="left", color="#555555")
    lines = [
        (_legend(target.get("legendFormat", ""), series["metric"]), *_points(series))
        for target in panel["targets"]
        for series in ask(target["expr"])
    ]
    lines = [line for line in lines if any(math.isfinite(value) for value in line[2])]
    lines.sort(key=lambda line: -max(value for value in line[2] if math.isfinite(value)))
    for name, times, values in lines:
        (drawn,) = axes.plot(_days(times), values, linewidth=1.1, label=name)
        axes.fill_between(_days(times), values, 0, color=drawn.get_color(), alpha=0.08)
    if not lines:
        axes.text(0.5, 0.5, "no data here", ha="center", color="#999999", transform=axes.transAxes)
    _thresholds_draw(axes, panel)
    _style(axes, panel)
    if lines:
        handles, names = axes.get_legend_handles_labels()
        axes.legend(
            handles[:MOST_LEGENDS],
            [shorten(name) for name in names[:MOST_LEGENDS]],
            loc="upper left",
            bbox_to_anchor=(1.01, 1.05),
            fontsize=6.5,
            frameon=False,
        )


def shorten(name: str) -> str:
    """``name``, without its middle where it is too long for a legend."""
    half = LONGEST_NAME // 2
    return name if len(name) <= LONGEST_NAME else f"{name[:half]}…{name[1 - half :]}"


def _thresholds_draw(axes: Axes, panel: Mapping[str, Any]) -> None:
    bottom, top = axes.get_ylim()
    for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]:
        if step.get("value") is not None and bottom <= step["value"] <= top:
            colour = COLOURS.get(step["color"], "#888888")
            axes.axhline(step["value"], color=colour, linestyle="--", linewidth=0.8)


def _style(axes: Axes, panel: Mapping[str, Any]) -> None:
    if panel["fieldConfig"]["defaults"].get("min") == 0:
        axes.set_ylim(bottom=0)
    unit, decimals = _unit(panel), _decimals(panel)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: formatted(value, unit, decimals)))
    axes.xaxis.set_major_locator(AutoDateLocator(maxticks=5))  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_formatter(DateFormatter("%H:%M:%S"))  # type: ignore[no-untyped-call]
    axes.tick_params(labelsize=7)
    axes.grid(visible=True, color="#eeeeee")
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _points(series: Series | None) -> tuple[list[float], list[float]]:
    pairs = series["values"] if series else []
    return [float(at) for at, _ in pairs], [float(value) for _, value in pairs]


def _days(times: Sequence[float]) -> list[float]:
    """Unix seconds as matplotlib counts time: in days."""
    return [at / DAY_S for at in times]


def _legend(form: str, labels: Mapping[str, str]) -> str:
    if form in {"", "__auto"}:
        return ", ".join(f"{name}={value}" for name, value in labels.items()) or "value"
    for name, value in labels.items():
        form = form.replace(f"{{{{{name}}}}}", value)
    return form


def _colour(panel: Mapping[str, Any], value: float) -> str:
    colour = "#333333"
    steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    for step in steps if len(steps) > 1 else []:
        if step.get("value") is None or value >= step["value"]:
            colour = COLOURS.get(step["color"], colour)
    return colour


def _unit(panel: Mapping[str, Any]) -> str:
    return str(panel["fieldConfig"]["defaults"]["unit"])


def _decimals(panel: Mapping[str, Any]) -> int | None:
    decimals = panel["fieldConfig"]["defaults"].get("decimals")
    return None if decimals is None else int(decimals)


def formatted(value: float, unit: str, decimals: int | None = None) -> str:
    """``value`` as Grafana would write it: ``0.0123 s`` is ``12.3 ms``."""
    if unit == "percentunit":
        return f"{value * PERCENT:.{1 if decimals is None else decimals}f} %"
    if unit == "s":
        return _duration(value)
    if unit in {"bytes", "Bps"}:
        return _scaled(value, 1024, ("", "Ki", "Mi", "Gi", "Ti"), " ") + SUFFIXES[unit]
    return _scaled(value, 1000, ("", "k", "M", "G", "T"), "") + SUFFIXES.get(unit, "")


def _duration(value: float) -> str:
    for size, word in ((DAY_S, "d"), (HOUR_S, "h"), (60.0, "min"), (1.0, "s")):
        if abs(value) >= size:
            return f"{value / size:.3g} {word}"
    return f"{value * 1000:.3g} ms" if value else "0 s"


def _scaled(value: float, base: int, prefixes: Sequence[str], gap: str) -> str:
    power = 0
    while abs(value) >= base and power < len(prefixes) - 1:
        value, power = value / base, power + 1
    return f"{value:.3g}{gap}{prefixes[power]}"


def main(address: str, target: Path, *, seconds: float = 300) -> None:
    """Draw all dashboards into ``target``."""
    mpl.use("Agg")
    ask = prometheus(address, seconds=seconds)
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(DIRECTORY.glob("*.json")):
        board_draw(json.loads(path.read_text()), ask, target / f"{path.stem}.png")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
