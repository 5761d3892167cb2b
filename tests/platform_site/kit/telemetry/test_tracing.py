"""What leaves in a trace, and which traces do."""

from random import Random

import pytest
import yaml
from opentelemetry import trace
from opentelemetry.instrumentation.utils import is_instrumentation_enabled
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider, sampling
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from platform_site.kit.telemetry import tracing
from platform_site.kit.telemetry.tracing import RedactingExporter
from tests.observability.expressions import MONITORING

ADDRESS = "/i/k1/1900000000/c2lnbmF0dXJl/018f0000/w320.webp"


def exported(broken: BaseException) -> ReadableSpan:
    """The span of a call that ends with ``broken``, as it leaves."""
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(RedactingExporter(kept)))  # type: ignore[arg-type]
    tracer = provider.get_tracer("tests")
    attributes = {"http.target": ADDRESS, "http.method": "GET"}
    with pytest.raises(type(broken)), tracer.start_as_current_span("GET", attributes=attributes):
        raise broken
    (span,) = kept.get_finished_spans()
    return span


def test_a_call_that_fails_tells_the_kind_of_its_error_and_no_word_of_it() -> None:
    span = exported(ValueError(f"GET {ADDRESS} for alice@example.com"))
    document = str(span.to_json())
    assert ADDRESS not in document
    assert "alice@example.com" not in document
    assert span.status.status_code is StatusCode.ERROR
    assert span.attributes == {"http.method": "GET"}
    (event,) = span.events
    assert (event.name, dict(event.attributes or {})) == (
        "exception",
        {"exception.type": "ValueError"},
    )


def variables_of_the_component() -> dict[str, str]:
    """What the component `tracing` sets in every role."""
    component = yaml.safe_load((MONITORING / "tracing" / "kustomization.yaml").read_text())
    (patch,) = [one["patch"] for one in component["patches"] if "OTEL_" in one["patch"]]
    return {one["value"]["name"]: one["value"]["value"] for one in yaml.safe_load(patch)}


def test_one_request_in_ten_is_traced_whatever_the_flag_of_its_caller(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in variables_of_the_component().items():
        monkeypatch.setenv(name, value)
    sampler = sampling._get_from_env_or_default()
    numbers = Random(1)
    for flag in (TraceFlags.SAMPLED, TraceFlags.DEFAULT):
        traced = 0
        for _ in range(5000):
            caller = SpanContext(
                numbers.getrandbits(128), 1, is_remote=True, trace_flags=TraceFlags(flag)
            )
            parent = set_span_in_context(NonRecordingSpan(caller))
            made = sampler.should_sample(parent, caller.trace_id, "GET")
            traced += made.decision is sampling.Decision.RECORD_AND_SAMPLE
        assert 400 < traced < 600, flag


def test_what_no_request_asked_for_is_not_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    with tracing.suppressed():
        assert is_instrumentation_enabled(), "nothing is loaded while nobody traces"
    monkeypatch.setattr(tracing, "_providers", [object()])
    with tracing.suppressed():
        assert not is_instrumentation_enabled()
    assert is_instrumentation_enabled()


def test_a_call_that_no_library_sees_has_a_span_where_something_is_traced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    with tracing.span("S3.PutObject", {"rpc.service": "S3"}):
        pass
    assert kept.get_finished_spans() == ()
    monkeypatch.setattr(tracing, "_providers", [provider])
    with tracing.span("S3.PutObject", {"rpc.service": "S3"}):
        pass
    (made,) = kept.get_finished_spans()
    assert (made.name, made.kind) == ("S3.PutObject", trace.SpanKind.CLIENT)
    assert made.attributes == {"rpc.service": "S3"}
