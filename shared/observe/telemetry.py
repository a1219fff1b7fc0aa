"""Traces, from signal to alert. The one module that imports OpenTelemetry.

A trace crosses topics and databases as a W3C traceparent stored with each fact. Spans go out by OTLP/HTTP
when the standard variables name an endpoint (OTEL_EXPORTER_OTLP_ENDPOINT); without one nothing is recorded
and a call costs under a microsecond. Nothing here ever raises: a lost span must not cost an event.
"""

import logging
import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import (
    INVALID_SPAN,
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    Tracer,
    get_current_span,
    set_span_in_context,
    use_span,
)

from shared.observe.traceparent import SAMPLED, TRACEPARENT, sampled

log = logging.getLogger(__name__)
MAX_LINKS, FLUSH_SECONDS = 128, 2.0
Attributes = Mapping[str, str | int]
NOTHING: Attributes = {}


class _Recording:
    tracer: Tracer | None = None


def start_telemetry(service: str, exporter: SpanExporter | None = None) -> Callable[[], None]:
    """Record spans when there is somewhere to send them. The answer flushes and ends it, in at most 2 s.

    EVERGREEN_TRACE_SQL=1 also records every statement (never its values).
    """
    try:
        exporter = exporter or _exporter(os.environ)
        if exporter is None:
            return lambda: None
        resource = Resource.create({"service.name": service}).merge(OTELResourceDetector().detect())
        provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        provider.add_span_processor(BatchSpanProcessor(exporter))
        if os.environ.get("EVERGREEN_TRACE_SQL") == "1":
            _trace_sql(provider)
        _Recording.tracer = provider.get_tracer("evergreen")
        return lambda: _end(provider)
    except Exception:
        log.warning("going on without traces", exc_info=True)
        return lambda: None


def _exporter(environment: Mapping[str, str]) -> SpanExporter | None:
    named = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    off = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    if off or environment.get("OTEL_TRACES_EXPORTER") == "none" or not any(map(environment.get, named)):
        return None
    return OTLPSpanExporter()


def _trace_sql(provider: TracerProvider) -> None:
    from opentelemetry.instrumentation.asyncpg import AsyncPGInstrumentor

    instrumentor: Any = AsyncPGInstrumentor()  # type: ignore[no-untyped-call]
    instrumentor.instrument(tracer_provider=provider)


def _end(provider: TracerProvider) -> None:
    _Recording.tracer = None
    # Shutting down retries an absent collector for longer than anybody wants to wait.
    ending = threading.Thread(target=provider.shutdown, daemon=True)
    ending.start()
    ending.join(FLUSH_SECONDS)


def is_recording() -> bool:
    """Whether spans have somewhere to go."""
    return _Recording.tracer is not None


@contextmanager
def batch_span(
    name: str, traceparents: Iterable[str | None], attributes: Attributes = NOTHING
) -> Iterator[None]:
    """A consumer span of its own around one batch, linked to the sampled contexts of its messages.

    `name` is the service (and consumer group). Links: each context once, the first 128. Of what is raised
    inside only the type is kept: a message may quote data.
    """
    if (tracer := _Recording.tracer) is None:
        yield
        return
    span = _consumer(tracer, name, list(traceparents), attributes)
    with use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        try:
            yield
        except BaseException as error:
            span.set_attribute("error.type", type(error).__qualname__)
            span.set_status(StatusCode.ERROR)
            raise


def _consumer(tracer: Tracer, name: str, parents: list[str | None], attributes: Attributes) -> Span:
    messaging: dict[str, str | int] = {
        "messaging.system": "kafka",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.consumer.group.name": name,
        "messaging.batch.message_count": len(parents),
        **attributes,
    }
    with suppress(Exception):
        links = [Link(context) for context in _contexts(parents)]
        return tracer.start_span(f"process {name}", kind=SpanKind.CONSUMER, links=links, attributes=messaging)
    return INVALID_SPAN


def _contexts(parents: Iterable[str | None]) -> list[SpanContext]:
    found: list[SpanContext] = []
    for parent in dict.fromkeys(parents):
        if match := sampled(parent):
            found.append(_context(match))
            if len(found) == MAX_LINKS:
                break
    return found


def _context(match: re.Match[str]) -> SpanContext:
    return SpanContext(int(match[1], 16), int(match[2], 16), True, TraceFlags(TraceFlags.SAMPLED))


def decision_trace(cause: str | None, name: str, attributes: Attributes = NOTHING) -> str | None:
    """The traceparent to keep with a fact of type `name`, given that of its cause.

    A sampled cause gets a child span, linked to the batch around it; any other passes through unchanged,
    and what is no traceparent becomes None.
    """
    return _child(cause, name, SpanKind.INTERNAL, attributes)


def send_trace(traceparent: str | None, topic: str) -> str | None:
    """The traceparent for the header of a record sent to `topic`: as `decision_trace`, by a producer span."""
    if not is_recording():
        return traceparent  # as `decision_trace` kept it
    return _child(traceparent, f"send {topic}", SpanKind.PRODUCER, _sending(topic))


@cache
def _sending(topic: str) -> Attributes:
    return {
        "messaging.system": "kafka",
        "messaging.operation.name": "send",
        "messaging.operation.type": "send",
        "messaging.destination.name": topic,
    }


def _child(cause: str | None, name: str, kind: SpanKind, attributes: Attributes) -> str | None:
    if cause is None or (match := TRACEPARENT.fullmatch(cause)) is None:
        return None
    if (tracer := _Recording.tracer) is None or match[3] not in SAMPLED:
        return cause
    with suppress(Exception):
        around = get_current_span().get_span_context()
        links = [Link(around)] if around.is_valid else []
        parent = set_span_in_context(NonRecordingSpan(_context(match)))
        span = tracer.start_span(name, parent, kind, attributes, links)
        span.end()
        context = span.get_span_context()
        return _traceparent(context) if context.trace_flags.sampled else cause
    return cause


def _traceparent(context: SpanContext) -> str:
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def current_trace_ids() -> dict[str, str]:
    """`trace_id` and `span_id` of the span this runs in, for logs; empty outside of one."""
    context = get_current_span().get_span_context()
    if not context.is_valid:
        return {}
    return {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}
