"""The pictures of the pages, in colours that are read on a light and on a dark page."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.capacity import WEB

PICTURES: Final = Path(__file__).resolve().parent.parent / "docs" / "pictures"
Report = Mapping[str, Any]

# 4.5 to 1 on white and on black alike.
INK: Final = "#777777"
OURS: Final = "#3987e5"
THEIRS: Final = "#b0803a"
STYLE: Final[Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "bench",
    "font.family": "sans-serif",
    "font.size": 10,
    **dict.fromkeys(
        ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), INK
    ),
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def draw_all(reads: Report, pipeline: Report, sheet: Report, *, target: Path = PICTURES) -> None:
    """Write every picture below ``target``."""
    with mpl.rc_context(STYLE):
        _save(_reads(reads), target / "bench-reads.svg")
        _save(_renditions(pipeline), target / "bench-renditions.svg")
        _save(
            _run(sheet["burst"], 2, "jobs that wait", "worker pods"), target / "capacity-burst.svg"
        )
        _save(_run(sheet["rush"], 3, "requests/s", "gateway pods"), target / "capacity-rush.svg")


def _save(figure: Figure, path: Path) -> None:
    """The same numbers give the same file."""
    figure.savefig(path, transparent=True, metadata={"Date": None, "Creator": None})
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")


def _figure(rows: int) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(7.5, 0.9 + 0.34 * rows), layout="constrained")
    return figure, figure.add_subplot()


def _bars(names: Sequence[str], values: Sequence[float], label: str) -> Figure:
    figure, axes = _figure(len(names))
    colours = [OURS if one.partition("/")[0] in {*WEB, "the platform"} else THEIRS for one in names]
    bars = axes.barh(range(len(names)), values, color=colours, height=0.7)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.bar_label(bars, [f" {value:.3g}" for value in values], color=INK)
    axes.set_xlabel(label)
    axes.margins(x=0.1)
    return figure


def _reads(reads: Report) -> Figure:
    """Each read that has a peer, with its peers below it."""
    rows = reads["reads"]
    names: list[str] = []
    for name, row in rows.items():
        if row.get("peers") and name != "images/bytes":
            names += [name, *row["peers"]]
    values = [rows[name]["roles_ms"]["median"] for name in names]
    return _bars(names, values, "ms of processor time of a request, without the database")


def _renditions(pipeline: Report) -> Figure:
    found = [
        (f"{name}/ {source}", row["all_ms"]["median"])
        for source, rows in pipeline["renditions"].items()
        for name, row in rows.items()
    ]
    names, values = [name for name, _ in found], [value for _, value in found]
    figure = _bars(names, values, "ms of processor time of a new rendition to its bytes")
    figure.axes[0].set_yticklabels([name.replace("/ ", ", ") for name in names])
    return figure


def _run(found: Report, column: int, label: str, pods: str) -> Figure:
    """One column of what the autoscaler saw, and the pods that there were."""
    looks = found["looks"]
    moments = [look[0] for look in looks]
    figure, axes = _figure(6)
    axes.plot(moments, [look[column] for look in looks], color=THEIRS)
    axes.set_ylabel(label, color=THEIRS)
    axes.set_xlabel("seconds")
    axes.set_ylim(bottom=0)
    other = axes.twinx()
    other.step(moments, [look[1] for look in looks], where="post", color=OURS)
    other.set_ylabel(pods, color=OURS)
    other.set_ylim(0, found["most_pods"] + 1)
    other.spines["right"].set_visible(True)
    return figure
