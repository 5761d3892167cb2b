"""OpenTelemetry, for those who ask for it by ``OTEL_EXPORTER_OTLP_ENDPOINT``; else nothing loads.

Started in each process that serves, after the fork, since an exporter's thread does not survive
one. Everything else about it (sampling, headers, time-outs) is set by OpenTelemetry's own
variables.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from platform_site.kit import env
from platform_site.kit.telemetry import request_context

if TYPE_CHECKING:  # the packages are an extra
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
    from opentelemetry.trace import Span

ENDPOINT: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"
UNTRACED: Final = "livez,readyz,health,ready"
LIBRARIES: Final = {
    "psycopg": "psycopg:PsycopgInstrumentor",
    "redis": "redis:RedisInstrumentor",
    "urllib3": "urllib3:URLLib3Instrumentor",
    "botocore": "botocore:BotocoreInstrumentor",
}
DJANGO: Final = "django:DjangoInstrumentor"
CELERY: Final = "celery:CeleryInstrumentor"
HIDDEN: Final = frozenset(
    {
        *("http.target", "http.url", "url.full", "url.path", "url.query", "http.user_agent"),
        *("net.peer.ip", "client.address", "http.client_ip", "user_agent.original"),
    }
)
"""Attributes that can hold a signature, a query or somebody's address: they never leave."""
KEPT_OF_ERRORS: Final = "exception.type"
"""Of an error only the type is exported; its message may quote anything."""

_providers: "Final[list[TracerProvider]]" = []


def collector() -> str:
    """Where the traces go; empty when nothing is traced."""
    return env.text(
        ENDPOINT, "", about="URL of the OTLP collector of traces; empty traces nothing."
    )


def service_name() -> str:
    """The name under which the traces go; empty: that of the role."""
    return env.text("OTEL_SERVICE_NAME", "", about="Service name in traces; empty: the role.")


def start_web() -> None:
    """Trace this web process. Call it before the handler is made: it adds a middleware."""
    if collector():
        has_broker = getattr(settings, "CELERY_BROKER_URL", "")
        _start([DJANGO, *LIBRARIES.values(), *([CELERY] if has_broker else [])])


def start_worker() -> None:
    """Trace this child of a worker."""
    if collector():
        _start([CELERY, *LIBRARIES.values()])


@contextmanager
def suppressed() -> Iterator[None]:
    """Record nothing of what is done in this block, which no request asked for."""
    if not _providers:
        yield
        return
    from opentelemetry.instrumentation.utils import suppress_instrumentation  # noqa: PLC0415

    with suppress_instrumentation():
        yield


def span(name: str, attributes: Mapping[str, str]) -> AbstractContextManager[object]:
    """The span of a call that none of `LIBRARIES` sees; nothing where nothing is traced."""
    if not _providers:
        return nullcontext()
    from opentelemetry import trace  # noqa: PLC0415 - an extra

    tracer = trace.get_tracer(__name__)
    return tracer.start_as_current_span(name, kind=trace.SpanKind.CLIENT, attributes=attributes)


def stop() -> None:
    """Send what is left."""
    while _providers:
        _providers.pop().shutdown()


@dataclass(frozen=True, slots=True)
class ClientSpan:
    """The span of a call to another role, which goes on under ``headers`` there."""

    _span: "Span"
    headers: dict[str, str] = field(default_factory=dict)

    def answered(self, status: int) -> None:
        """Note the status of the answer; from 400 on the call has failed."""
        from opentelemetry.trace import StatusCode  # noqa: PLC0415 - an extra

        self._span.set_attribute("http.status_code", status)
        if status >= 400:  # noqa: PLR2004 - where refusals begin in HTTP
            self._span.set_status(StatusCode.ERROR)


def client_span(method: str, *, role: str) -> AbstractContextManager[ClientSpan | None]:
    """A span for the length of the block; ``None`` while nothing is traced."""
    return _client_span(method, role) if _providers else nullcontext()


@contextmanager
def _client_span(method: str, role: str) -> "Iterator[ClientSpan]":
    from opentelemetry import propagate, trace  # noqa: PLC0415 - an extra

    attributes = {"http.method": method, "peer.service": role}
    with trace.get_tracer(__name__).start_as_current_span(
        method, kind=trace.SpanKind.CLIENT, attributes=attributes
    ) as span:
        made = ClientSpan(span)
        propagate.inject(made.headers)
        yield made


def _start(instrumentors: Sequence[str]) -> None:
    os.environ.setdefault("OTEL_PYTHON_DJANGO_EXCLUDED_URLS", UNTRACED)
    try:
        _providers.append(_provider())
        for path in instrumentors:
            module, _, name = path.partition(":")
            found: Any = getattr(import_module(f"opentelemetry.instrumentation.{module}"), name)
            found().instrument()
    except ImportError as exc:
        raise ImproperlyConfigured(
            f"{ENDPOINT} is set, and OpenTelemetry is not installed: install the extra `tracing`."
        ) from exc
    request_context.follow(_recorded_trace_id)


def _provider() -> "TracerProvider":
    from opentelemetry import trace  # noqa: PLC0415 - an extra
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    resource = Resource.create(
        {
            "service.namespace": "image-platform",
            "service.name": service_name() or settings.ROLE,
            "service.version": settings.VERSION,
        }
    )
    provider = TracerProvider(resource=resource)
    exporter: Any = RedactingExporter(OTLPSpanExporter())
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return provider


def _recorded_trace_id() -> str:
    from opentelemetry import trace  # noqa: PLC0415 - an extra

    context = trace.get_current_span().get_span_context()
    is_recorded = context.is_valid and context.trace_flags.sampled
    return trace.format_trace_id(context.trace_id) if is_recorded else ""


class RedactingExporter:
    """Exports spans without personal data and secrets: `HIDDEN`, and the messages of errors."""

    def __init__(self, exporter: "SpanExporter") -> None:
        self._exporter = exporter

    def export(self, spans: "Sequence[ReadableSpan]") -> "SpanExportResult":
        """Send ``spans``, which have ended."""
        for span in spans:
            _redact(span)
        return self._exporter.export(spans)

    def shutdown(self) -> None:
        """Send nothing more."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Whether everything was sent within ``timeout_millis``."""
        return self._exporter.force_flush(timeout_millis)


def _redact(span: "ReadableSpan") -> None:
    """Take the private parts out of ``span``, which has ended and has no setters."""
    from opentelemetry.sdk.trace import Event  # noqa: PLC0415 - an extra
    from opentelemetry.trace import Status  # noqa: PLC0415 - an extra

    attributes = span.attributes or {}
    # Private, but the only way: a span that has ended is read-only, and the exporter gets no other.
    span._attributes = {  # noqa: SLF001
        name: value for name, value in attributes.items() if name not in HIDDEN
    }
    span._events = [  # noqa: SLF001
        Event(event.name, _type_only(event.attributes or {}), event.timestamp)
        for event in span.events
    ]
    span._status = Status(span.status.status_code)  # noqa: SLF001


def _type_only(attributes: "Mapping[str, Any]") -> "dict[str, Any]":
    return {name: value for name, value in attributes.items() if name == KEPT_OF_ERRORS}
