"""Exemplars: beside a histogram's bucket, the trace of one request that fell into it.

The client keeps exemplars in single processes only (its multi-process values drop them), so the
processes of a role write their latest ones to a small file each and the exporter joins them.
There are none while nobody records traces.
"""

import json
import os
import threading
import time
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from prometheus_client import Histogram, Metric, multiprocess
from prometheus_client.registry import Collector
from prometheus_client.samples import Exemplar
from prometheus_client.utils import floatToGoString

from platform_site.kit.telemetry import metric_files, request_context

WRITE_EVERY_S: Final = 2.0
Key = tuple[str, str]
"""The name of a sample and its labels, as `_text` writes them."""

_lock: Final = threading.Lock()
_latest: Final[dict[Key, tuple[str, float, float]]] = {}
_written_at = 0.0


def observe(histogram: Histogram, labels: Sequence[str], seconds: float) -> None:
    """Observe ``seconds`` under ``labels``, with the trace in hand when it is recorded."""
    child = histogram.labels(*labels)
    trace_id = request_context.recorded_trace_id()
    if not trace_id:
        child.observe(seconds)
        return
    child.observe(seconds, {"trace_id": trace_id})
    if metric_files.VARIABLE in os.environ:
        _keep(histogram, labels, seconds, trace_id)


class ExemplarCollector(Collector):
    """The joined metrics of all processes, with the latest exemplar of each bucket."""

    def __init__(self) -> None:
        self._joined = multiprocess.MultiProcessCollector(None)  # type: ignore[no-untyped-call]

    def collect(self) -> Iterable[Metric]:
        """Every metric once."""
        exemplars = _read()
        for metric in self._joined.collect():  # type: ignore[no-untyped-call]
            if exemplars and metric.type == "histogram":
                metric.samples = [
                    sample._replace(exemplar=exemplars.get((sample.name, _text(sample.labels))))
                    for sample in metric.samples
                ]
            yield metric


def _keep(histogram: Histogram, labels: Sequence[str], seconds: float, trace_id: str) -> None:
    global _written_at  # noqa: PLW0603 - when this process wrote its file
    bounds: Sequence[float] = histogram._upper_bounds  # noqa: SLF001 - the client tells it nowhere
    bucket = floatToGoString(bounds[bisect_left(bounds, seconds)])  # type: ignore[no-untyped-call]
    named = dict(zip(histogram._labelnames, labels, strict=True), le=bucket)  # noqa: SLF001
    now = time.time()
    with _lock:
        _latest[f"{histogram._name}_bucket", _text(named)] = (trace_id, seconds, now)  # noqa: SLF001
        if now - _written_at < WRITE_EVERY_S:
            return
        _written_at = now
        document = json.dumps([[*key, *value] for key, value in _latest.items()])
    path = Path(os.environ[metric_files.VARIABLE], f"exemplars_{metric_files.slot()}.json")
    fresh = path.with_suffix(".new")
    fresh.write_text(document)
    fresh.replace(path)


def _read() -> dict[Key, Exemplar]:
    found: dict[Key, Exemplar] = {}
    for path in Path(os.environ[metric_files.VARIABLE]).glob("exemplars_*.json"):
        for name, labels, trace_id, seconds, at in json.loads(path.read_text()):
            known = found.get((name, labels))
            if known is None or float(known.timestamp or 0) < at:
                found[name, labels] = Exemplar({"trace_id": trace_id}, seconds, at)
    return found


def _text(labels: dict[str, str]) -> str:
    return json.dumps(labels, sort_keys=True)
