"""A log line is one JSON object that a machine can search and that tells nothing about a person."""

import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import faststream.kafka  # noqa: F401  it brings loggers of its own
import orjson
import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import ValidationError

from shared.contracts.signals import OrderPaid
from shared.observe.logs import start_logging
from shared.observe.telemetry import batch_span, start_telemetry


class Lines:
    """What was logged, decoded."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def last(self) -> dict[str, Any]:
        line: dict[str, Any] = orjson.loads(self.stream.getvalue().splitlines()[-1])
        return line


@pytest.fixture
def lines() -> Iterator[Lines]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    written = Lines()
    start_logging("insight", stream=written.stream)
    yield written
    root.handlers[:] = before
    root.setLevel(level)


def test_a_line_says_when_how_grave_who_and_what(lines: Lines) -> None:
    logging.getLogger("shared.publish.relay").warning(
        "again in %d s", 3, extra={"topic": "signals", "depth": 7}
    )
    assert lines.last.pop("ts").endswith("+00:00")
    assert lines.last | {"ts": ""} == {
        "ts": "",
        "level": "WARNING",
        "service": "insight",
        "logger": "shared.publish.relay",
        "message": "again in 3 s",
        "topic": "signals",
        "depth": 7,
    }


def test_an_exception_comes_as_text_in_the_same_line(lines: Lines) -> None:
    try:
        raise RuntimeError("two\nlines")
    except RuntimeError:
        logging.getLogger("x").exception("it broke")
    assert lines.stream.getvalue().count("\n") == 1
    assert "RuntimeError: two\nlines" in lines.last["exception"]


def test_inside_a_batch_the_line_carries_its_trace(lines: Lines) -> None:
    end = start_telemetry("insight", InMemorySpanExporter())
    with batch_span("insight", []):
        logging.getLogger("x").info("inside")
    end()
    assert (len(lines.last["trace_id"]), len(lines.last["span_id"])) == (32, 16)
    logging.getLogger("x").info("outside")
    assert "trace_id" not in lines.last


@pytest.mark.parametrize(
    "name", ["customer", "customer_id", "subject", "key", "body", "data", "Email", "event"]
)
def test_extra_fields_that_hold_people_or_payloads_are_dropped(lines: Lines, name: str) -> None:
    secret = {name: "ada@example.org", "offset": 4}
    logging.getLogger("x").info("took it", extra={**secret, "place": [secret]})
    assert "ada" not in lines.stream.getvalue()
    assert (lines.last["offset"], lines.last["place"]) == (4, [{"offset": 4}])


def test_objects_are_named_by_type_because_their_text_may_hold_anything(lines: Lines) -> None:
    @dataclass
    class Heard:
        customer: str = "ada"

    logging.getLogger("x").info("took it", extra={"heard": Heard(), "rows": [Heard()]})
    assert (lines.last["heard"], lines.last["rows"]) == ("Heard", ["Heard"])


def test_the_row_that_postgresql_quotes_is_left_out(lines: Lines) -> None:
    error = "duplicate key value\nDETAIL:  Key (customer)=(ada) already exists.\nHINT: look"
    try:
        raise ValueError(error)
    except ValueError:
        logging.getLogger("x").exception("trying again: %s", error)
    assert "ada" not in lines.stream.getvalue()
    assert lines.last["message"] == "trying again: duplicate key value\nHINT: look"


@pytest.mark.parametrize("after", ["", "\nHINT:  look"])
def test_a_row_of_several_lines_is_left_out_to_its_end(lines: Lines, after: str) -> None:
    error = f"duplicate key value\nDETAIL:  Key (id)=(one\nada@example.org\n\nada) already exists.{after}"
    try:
        try:
            raise ValueError(error)
        except ValueError as cause:
            raise RuntimeError("trying again") from cause
    except RuntimeError:
        logging.getLogger("x").exception("held: %s", error)
    assert "ada" not in lines.stream.getvalue()
    assert lines.last["message"] == "held: duplicate key value\n" + after.strip()
    assert lines.last["exception"].endswith("RuntimeError: trying again")


def test_a_row_quoted_inside_a_group_of_errors_is_left_out(lines: Lines) -> None:
    refused = [ValueError("no\nDETAIL:  (ada)"), ValueError("yes")]
    try:
        raise ExceptionGroup("two", refused)
    except ExceptionGroup:
        logging.getLogger("x").exception("both")
    assert "ada" not in lines.stream.getvalue()


def test_the_input_that_pydantic_quotes_is_left_out(lines: Lines) -> None:
    wrong = {"order_id": "1", "amount": "ada@example.org", "currency": "EUR"}
    try:
        OrderPaid.model_validate(wrong)
    except ValidationError as error:
        logging.getLogger("x").exception("refused: %s", error)
    assert "ada" not in lines.stream.getvalue()
    assert "amount" in lines.last["message"]
    assert "input_type=str" in lines.last["exception"]


@pytest.mark.parametrize("text", ["\ud800 lone", "null \x00 byte", "line\nbreak"])
def test_any_text_becomes_one_line(lines: Lines, text: str) -> None:
    logging.getLogger("x").info("%s", text, extra={"huge": 2**80})
    assert lines.stream.getvalue().count("\n") == 1
    assert "level" in lines.last


@pytest.mark.parametrize(
    "library", ["faststream", "faststream.access.kafka", "aiokafka.consumer.group_coordinator"]
)
def test_the_libraries_speak_only_when_something_is_wrong(lines: Lines, library: str) -> None:
    logging.getLogger(library).info("two lines a message")
    assert lines.stream.getvalue() == ""
    logging.getLogger(library).warning("the broker is gone")
    assert lines.last["logger"] == library
