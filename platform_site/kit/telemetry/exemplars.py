"""Exemplars: beside a histogram's bucket, the trace of one request that fell into it.

The client keeps exemplars in single processes only (its multi-process values drop them), so the
processes of a role write their latest ones to a small file each and the exporter joins them.
There are none while nobody records traces.
"""

import json
import math
import os
import threading
import time
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Histogram, Metric, multiprocess
from prometheus_client.registry import REGISTRY, Collector
from prometheus_client.samples import Exemplar
from prometheus_client.utils import floatToGoString

from platform_site.kit.telemetry import metric_files, request_context

WRITE_EVERY_S: Final = 2.0
Key = tuple[str, str]
"""The name of a sample and its labels, as `_text` writes them."""

_lock: Final = threading.Lock()
_latest: Final[dict[Key, tuple[str, float, float]]] = {}
_written_at = 0.0


class TracedHistogram:
    """A histogram that keeps the trace of the latest observation in each bucket.

    It is given what the client's `Histogram` would be, and remembers name, labels and bounds: the
    client offers no way to ask a histogram for them.
    """

    def __init__(
        self,
        name: str,
        text: str,
        labels: Sequence[str],
        *,
        buckets_s: Sequence[float],
        registry: CollectorRegistry = REGISTRY,
    ) -> None:
        self._sample = f"{name}_bucket"
        self._labels = tuple(labels)
        self._bounds_s = (*buckets_s, math.inf)
        self._histogram = Histogram(name, text, labels, buckets=buckets_s, registry=registry)
        self._children: dict[tuple[str, ...], Histogram] = {}

    def observe(self, labels: tuple[str, ...], seconds: float) -> None:
        """Observe ``seconds`` under ``labels``, with the trace in hand when it is recorded."""
        child = self._children.get(labels)
        if child is None:  # the client takes a lock and looks at each label, every time
            child = self._children[labels] = self._histogram.labels(*labels)
        trace_id = request_context.recorded_trace_id()
        if not trace_id:
            child.observe(seconds)
            return
        child.observe(seconds, {"trace_id": trace_id})
        if metric_files.VARIABLE in os.environ:
            _keep(self._key(labels, seconds), trace_id, seconds)

    def _key(self, labels: Sequence[str], seconds: float) -> Key:
        """The bucket that ``seconds`` falls into: the first whose bound is not below it."""
        bound_s = self._bounds_s[bisect_left(self._bounds_s, seconds)]
        le = floatToGoString(bound_s)  # type: ignore[no-untyped-call]  # as the client writes it
        return self._sample, _text(dict(zip(self._labels, labels, strict=True), le=le))


class ExemplarCollector(Collector):
    """The joined metrics of all processes, with the latest exemplar of each bucket."""

    def collect(self) -> Iterable[Metric]:
        """Every metric once."""
        exemplars = _read()
        for metric in multiprocess.MultiProcessCollector.merge(_files()):  # type: ignore[no-untyped-call]
            if exemplars and metric.type == "histogram":
                metric.samples = [
                    sample._replace(exemplar=exemplars.get((sample.name, _text(sample.labels))))
                    for sample in metric.samples
                ]
            yield metric


def _files() -> list[str]:
    """What the client keeps. A file of no size was made by a process at this very moment."""
    files = Path(os.environ[metric_files.VARIABLE]).glob("*.db")
    return [str(file) for file in files if file.stat().st_size]


def _keep(key: Key, trace_id: str, seconds: float) -> None:
    global _written_at  # noqa: PLW0603 - when this process wrote its file
    now = time.time()
    with _lock:
        _latest[key] = (trace_id, seconds, now)
        if now - _written_at < WRITE_EVERY_S:
            return
        _written_at = now
        document = json.dumps([[*kept, *value] for kept, value in _latest.items()])
    # A file appears whole: the exporter may read at this moment.
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
