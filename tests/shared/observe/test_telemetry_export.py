"""Spans over the wire: a real OTLP/HTTP receiver sees what a service sends."""

import gzip
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from shared.observe.telemetry import batch_span, decision_trace, start_telemetry

CAUSE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Receiver(ThreadingHTTPServer):
    """Keeps what arrives at /v1/traces; `silent` never answers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.spans: list[Span] = []
        self.services: set[str] = set()
        self.silent = False
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def keep(self, body: bytes) -> None:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            named = [a.value.string_value for a in resource.resource.attributes if a.key == "service.name"]
            self.services.update(named)
            self.spans.extend(span for scope in resource.scope_spans for span in scope.spans)


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.server.silent:
            self.server.released.wait(30)
        if self.path == "/v1/traces":
            zipped = self.headers.get("content-encoding") == "gzip"
            self.server.keep(gzip.decompress(body) if zipped else body)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with Receiver() as listening:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", listening.url)
        threading.Thread(target=listening.serve_forever, args=(0.05,), daemon=True).start()
        yield listening
        listening.released.set()
        listening.shutdown()


def test_spans_arrive_at_the_endpoint_that_the_environment_names(receiver: Receiver) -> None:
    end = start_telemetry("insight")
    with batch_span("insight", [CAUSE]):
        kept = decision_trace(CAUSE, "insight.churn_risk_raised")
    end()
    decided, batch = sorted(receiver.spans, key=lambda span: span.name)
    assert receiver.services == {"insight"}
    assert (decided.name, batch.name) == ("insight.churn_risk_raised", "process insight")
    assert kept == f"00-{decided.trace_id.hex()}-{decided.span_id.hex()}-01"
    assert batch.links[0].span_id.hex() == decided.parent_span_id.hex() == "b7ad6b7169203331"


def test_the_end_waits_no_more_than_two_seconds_for_a_collector_that_hangs(receiver: Receiver) -> None:
    receiver.silent = True
    end = start_telemetry("insight")
    decision_trace(CAUSE, "insight.churn_risk_raised")
    begun = time.monotonic()
    end()
    assert 1.0 < time.monotonic() - begun < 4.0


@pytest.mark.parametrize(("name", "value"), [("OTEL_SDK_DISABLED", "true"), ("OTEL_TRACES_EXPORTER", "none")])
def test_the_standard_variables_turn_it_off(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    end = start_telemetry("insight")
    assert decision_trace(CAUSE, "insight.churn_risk_raised") == CAUSE
    end()
    assert receiver.spans == []


def test_the_standard_variables_name_the_service_otherwise(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "insight-blue")
    end = start_telemetry("insight")
    decision_trace(CAUSE, "insight.churn_risk_raised")
    end()
    assert receiver.services == {"insight-blue"}
