"""What the pipeline is held to, and whether each is met."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

from bench.verdict import Verdict

TIMES_IMGPROXY: Final = {"12 MP to 800 pixels": 1.3, "2000 to 500 pixels": 2.0}
"""Processor time of a new rendition to its bytes, at most, against imgproxy's."""
UPLOAD_MS: Final = 35.0
"""Of all web roles for one upload of 5 MB."""


def verdicts(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every target of which there is a peer."""
    return [asdict(one) for one in (*_renditions(report), _upload(report))]


def _renditions(report: Mapping[str, Any]) -> Iterator[Verdict]:
    for source, most in TIMES_IMGPROXY.items():
        row = report["renditions"].get(source, {}).get("imgproxy")
        if row is not None:
            times = row["ours_over_theirs"]["median"]
            what = f"a new rendition, {source}: CPU against imgproxy"
            yield Verdict(what, f"≤ {most:.1f} ×", f"{times:.2f} ×", times <= most)


def _upload(report: Mapping[str, Any]) -> Verdict:
    ms = report["upload"]["upload"]["all_ms"]["median"]
    return Verdict(
        "an upload of 5 MB: CPU of all web roles",
        f"≤ {UPLOAD_MS:.0f} ms",
        f"{ms:.0f} ms",
        ms <= UPLOAD_MS,
    )
