"""A trace is carried on with each fact: cheaply when nobody looks, as real spans when somebody does."""

import timeit
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from shared.observe.telemetry import (
    batch_span,
    current_trace_ids,
    decision_trace,
    send_trace,
    start_telemetry,
)
from shared.observe.traceparent import trace_id

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SAMPLED, UNSAMPLED = f"00-{TRACE}-{SPAN}-01", f"00-{TRACE}-{SPAN}-00"
NO_TRACEPARENTS = [
    "",
    "garbage",
    SAMPLED.upper(),
    SAMPLED[:-1],
    f"{SAMPLED}-more",
    f"ff-{TRACE}-{SPAN}-01",
    f"00-{'0' * 32}-{SPAN}-01",
    f"00-{TRACE}-{'0' * 16}-01",
]


class Recorded:
    """What was recorded between `start_telemetry` and its end."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.end = start_telemetry("conversion", self.exporter)

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        self.end()
        return self.exporter.get_finished_spans()


@pytest.fixture
def recorded() -> Iterator[Recorded]:
    recording = Recorded()
    yield recording
    recording.end()


def test_a_sampled_cause_gets_a_child_span_whose_traceparent_is_kept(recorded: Recorded) -> None:
    kept = decision_trace(SAMPLED, "conversion.customer_won", {"evergreen.stream": "customer"})
    (span,) = recorded.spans
    assert span.name == "conversion.customer_won"
    assert span.context
    assert kept == f"00-{TRACE}-{span.context.span_id:016x}-01"
    assert span.parent
    assert f"{span.parent.span_id:016x}" == SPAN
    assert span.parent.is_remote
    assert dict(span.attributes or {}) == {"evergreen.stream": "customer"}
    assert span.resource.attributes["service.name"] == "conversion"


def test_the_child_span_links_the_batch_in_which_it_was_decided(recorded: Recorded) -> None:
    with batch_span("conversion", [SAMPLED]):
        decision_trace(SAMPLED, "conversion.customer_won")
    decided, batch = recorded.spans
    assert batch.context
    assert [link.context.span_id for link in decided.links] == [batch.context.span_id]
    assert batch.parent is None
    assert trace_id(SAMPLED) != f"{batch.context.trace_id:032x}"


def test_an_unsampled_cause_or_none_passes_through_and_records_nothing(recorded: Recorded) -> None:
    assert decision_trace(UNSAMPLED, "x") == UNSAMPLED
    assert decision_trace(None, "x") is None
    assert send_trace(UNSAMPLED, "conversion") == UNSAMPLED
    assert recorded.spans == ()


@pytest.mark.parametrize("text", NO_TRACEPARENTS)
def test_what_is_no_traceparent_is_ignored(recorded: Recorded, text: str) -> None:
    assert decision_trace(text, "x") is None
    assert send_trace(text, "conversion") is None
    assert trace_id(text) is None
    with batch_span("conversion", [text]):
        pass
    assert [len(span.links) for span in recorded.spans] == [0]


def test_a_later_version_of_the_standard_is_still_followed(recorded: Recorded) -> None:
    assert trace_id(f"01-{TRACE}-{SPAN}-01-and-more") == TRACE
    assert trace_id(decision_trace(f"01-{TRACE}-{SPAN}-01-and-more", "x")) == TRACE


def test_a_batch_span_links_each_sampled_context_once_and_counts_all_messages(recorded: Recorded) -> None:
    other = f"00-{'1' * 32}-{'2' * 16}-01"
    with batch_span("conversion", [SAMPLED, None, UNSAMPLED, "junk", other, SAMPLED], {"more": 1}):
        pass
    (span,) = recorded.spans
    assert span.kind is SpanKind.CONSUMER
    assert span.name == "process conversion"
    assert [f"{link.context.trace_id:032x}" for link in span.links] == [TRACE, "1" * 32]
    assert span.attributes is not None
    assert span.attributes["more"] == 1
    assert span.attributes["messaging.batch.message_count"] == 6
    assert span.attributes["messaging.consumer.group.name"] == "conversion"
    assert span.attributes["messaging.system"] == "kafka"


def test_a_batch_span_links_no_more_than_128_messages(recorded: Recorded) -> None:
    with batch_span("insight", (f"00-{n:032x}-{SPAN}-01" for n in range(1, 1_000))):
        pass
    (span,) = recorded.spans
    assert [link.context.trace_id for link in span.links] == list(range(1, 129))
    assert span.attributes
    assert span.attributes["messaging.batch.message_count"] == 999


def test_an_error_leaves_the_batch_span_by_type_and_without_its_words(recorded: Recorded) -> None:
    with pytest.raises(ValueError, match="ada@example"), batch_span("insight", []):
        raise ValueError("ada@example.org is twice here")
    (span,) = recorded.spans
    assert span.attributes
    assert span.attributes["error.type"] == "ValueError"
    assert "ada@example" not in span.to_json()


def test_a_sent_record_carries_a_producer_span_of_the_same_trace(recorded: Recorded) -> None:
    kept = send_trace(SAMPLED, "insight")
    (span,) = recorded.spans
    assert trace_id(kept) == TRACE
    assert kept != SAMPLED
    assert span.kind is SpanKind.PRODUCER
    assert span.name == "send insight"
    assert span.attributes
    assert span.attributes["messaging.destination.name"] == "insight"


def test_logs_find_the_ids_of_the_batch_around_them_and_none_outside(recorded: Recorded) -> None:
    with batch_span("insight", []):
        ids = current_trace_ids()
    (span,) = recorded.spans
    assert span.context
    assert ids["trace_id"] == f"{span.context.trace_id:032x}"
    assert ids["span_id"] == f"{span.context.span_id:016x}"
    assert current_trace_ids() == {}


def test_without_an_endpoint_nothing_is_recorded_and_traces_still_pass(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    end = start_telemetry("conversion")
    with batch_span("conversion", [SAMPLED]):
        assert current_trace_ids() == {}
        assert decision_trace(SAMPLED, "x") == SAMPLED
    end()


def test_a_broken_environment_costs_the_traces_and_not_the_service(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "-5")
    start_telemetry("conversion")()
    assert "going on without traces" in caplog.text
    assert decision_trace(SAMPLED, "x") == SAMPLED


def test_an_unsampled_cause_costs_about_a_microsecond(recorded: Recorded) -> None:
    best = min(timeit.repeat(lambda: decision_trace(UNSAMPLED, "x"), number=1_000, repeat=20)) / 1_000
    assert best < 3e-6, f"{best * 1e6:.2f} µs: measured 0.7, three leave room for a slow machine"
