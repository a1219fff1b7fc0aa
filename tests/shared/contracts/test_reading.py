"""What may come in, and what is refused in words that help its sender."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from shared.contracts.fact import vocabulary
from shared.contracts.reading import MAX_BYTES, Unknown, Unreadable, is_binary, read
from shared.contracts.signals import SIGNALS, OrderPaid, SourceHeartbeat

ENVELOPE: dict[str, Any] = {
    "specversion": "1.0",
    "id": "order-4711",
    "source": "shop",
    "type": "order.paid",
    "subject": "customer-42",
    "time": "2026-03-01T10:30:00+01:00",
    "data": {"order_id": "4711", "amount": 2990, "currency": "EUR"},
}
DATA = orjson.dumps(ENVELOPE["data"])
HEADERS = [(f"ce_{name}", text.encode()) for name, text in ENVELOPE.items() if isinstance(text, str)]


def but(**changes: Any) -> bytes:
    """The envelope with changes; None takes an attribute away."""
    merged = {**ENVELOPE, **changes}
    return orjson.dumps({name: value for name, value in merged.items() if value is not None})


def paid(**changes: Any) -> bytes:
    """The envelope with changes in its data."""
    data = {**ENVELOPE["data"], **changes}
    return but(data={name: value for name, value in data.items() if value is not None})


def test_a_structured_event_is_read_with_its_time_in_utc() -> None:
    event = read(but(), [("content-type", b"application/cloudevents+json")], SIGNALS)
    assert event.data == OrderPaid(order_id="4711", amount=2990, currency="EUR")
    assert (event.id, event.source, event.subject) == ("order-4711", "shop", "customer-42")
    assert event.time == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    assert event.time.tzinfo is UTC


def test_a_binary_event_is_the_same_event() -> None:
    headers = [*HEADERS, ("content-type", b"application/json"), ("traceparent", b"\xff")]
    assert is_binary(headers)
    assert read(DATA, headers, SIGNALS) == read(but(), [], SIGNALS)


def test_structured_mode_wins_when_the_content_type_says_so() -> None:
    headers = [*HEADERS, ("Content-Type", b"application/cloudevents+json; charset=UTF-8")]
    assert not is_binary(headers)
    assert read(but(id="inside"), headers, SIGNALS).id == "inside"


def test_a_binary_event_without_data_is_one_whose_data_are_all_by_default() -> None:
    headers = [*HEADERS, ("ce_type", b"source.heartbeat")]
    assert read(b"", headers, SIGNALS).data == SourceHeartbeat()


def test_what_a_reader_does_not_know_is_ignored() -> None:
    event = read(but(data={**ENVELOPE["data"], "new": 1}, partitionkey="x", sampledrate=3), [], SIGNALS)
    assert event == read(but(), [], SIGNALS)


def test_a_traceparent_comes_along_from_either_mode() -> None:
    assert read(but(traceparent="00-a-b-01"), [], SIGNALS).traceparent == "00-a-b-01"
    assert read(DATA, [*HEADERS, ("ce_traceparent", b"00-a-b-01")], SIGNALS).traceparent == "00-a-b-01"


REFUSED: dict[str, tuple[bytes | None, str]] = {
    "null": (None, "the value is null: a fact cannot be deleted, publish a new one that corrects it"),
    "too large": (b" " * (MAX_BYTES + 1), "262145 bytes are more than the 262144 allowed for one event"),
    "empty": (b"", "the value is not JSON"),
    "no JSON": (b"ada@example.org", "the value is not JSON: unexpected character"),
    "no UTF-8": (b'{"id": "\xff"}', "the value is not JSON"),
    "a list": (b"[]", "the value is JSON but not an object"),
    "other version": (but(specversion="0.3"), "specversion is not '1.0': this is not a CloudEvent 1.0"),
    "no id": (but(id=None), "id is missing or empty"),
    "empty source": (but(source=""), "source is missing or empty"),
    "no type": (but(type=None), "type is missing or empty"),
    "id no string": (but(id=7), "id is not a string"),
    "id too long": (but(id="x" * 129), "id is longer than 128 characters"),
    "NUL": (but(subject="a\x00b"), "subject holds a control character or a line break"),
    "unknown type": (but(type="order.teleported"), "'order.teleported' is not known here; known: alert."),
    "newer": (but(dataversion=2), "order.paid version 2 is newer than 1, the newest known here"),
    "version zero": (but(dataversion=0), "dataversion is 0: versions begin with 1"),
    "version true": (but(dataversion=True), "dataversion is not a whole number from 0 to 999999999"),
    "version 1.5": (but(dataversion=1.5), "dataversion is not a whole number"),
    "version huge": (but(streamversion=1e300), "streamversion is not a whole number"),
    "version negative": (but(streamversion=-1), "streamversion is not a whole number"),
    "no time": (but(time=None), "time is missing or empty"),
    "no moment": (but(time="yesterday"), "time 'yesterday' is not RFC 3339, such as 1997-01-01T00:00:00Z"),
    "no zone": (but(time="2026-03-01T10:30:00"), "has no time zone: add Z or an offset"),
    "before the calendar": (but(time="0001-01-01T00:00:00+14:00"), "lies outside of the calendar"),
    "long ago": (but(time="1899-12-31T23:59:59Z"), "lies outside of the years 1900 to 2200"),
    "after the calendar": (but(time="9999-12-31T23:59:59-14:00"), "lies outside of the calendar"),
    "recorded": (but(recordedtime="soon"), "recordedtime 'soon' is not RFC 3339"),
    "no data": (but(data=None), "order.paid: order_id: Field required"),
    "data no object": (but(data=[1]), "order.paid: data: Input should be a valid dictionary"),
    "data in base64": (but(data=None, data_base64="e30="), "data_base64 is not read here: send JSON"),
    "amount a float": (paid(amount=1999.0), "order.paid: amount: Input should be a valid integer"),
    "amount a string": (paid(amount="1999"), "order.paid: amount: Input should be a valid integer"),
    "amount true": (paid(amount=True), "order.paid: amount: Input should be a valid integer"),
    "order a number": (paid(order_id=4711), "order.paid: order_id: Input should be a valid string"),
    "amount in units": (paid(amount=29.9), "order.paid: amount: Input should be a valid integer"),
    "amount negative": (paid(amount=-1), "order.paid: amount: Input should be greater than or equal to 0"),
    "currency": (paid(currency="euro"), "order.paid: currency: String should match pattern '^[A-Z]{3}$'"),
    "order too long": (paid(order_id="x" * 129), "order_id: String should have at most 128 characters"),
}  # fmt: skip


@pytest.mark.parametrize(("value", "reason"), REFUSED.values(), ids=list(REFUSED))
def test_what_breaks_the_contract_is_refused_with_its_reason(value: bytes | None, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(value, [], SIGNALS)
    assert reason in str(refused.value)


def test_a_header_that_is_not_text_is_named() -> None:
    with pytest.raises(Unreadable, match=r"header 'ce_id.x1b' is not UTF-8"):
        read(DATA, [*HEADERS, ("ce_id\x1b", b"\xff")], SIGNALS)


def test_binary_data_that_is_not_json_is_said_to_be_the_data() -> None:
    with pytest.raises(Unreadable, match="the data is not JSON"):
        read(b"<order/>", HEADERS, SIGNALS)


def test_a_type_of_another_listener_is_told_from_a_broken_event() -> None:
    with pytest.raises(Unknown):
        read(but(), [], vocabulary(SourceHeartbeat))
    with pytest.raises(Unknown, match="newer than 1"):
        read(but(dataversion=2), [], SIGNALS)
    with pytest.raises(Unreadable) as broken:
        read(but(dataversion=0), [], SIGNALS)
    assert not isinstance(broken.value, Unknown)


@pytest.mark.parametrize("name", ["order_id", "amount", "currency"])
def test_the_reason_never_quotes_what_stood_in_the_data(name: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(paid(**{name: ["ada@example.org"]}), [], SIGNALS)
    assert "ada" not in str(refused.value)
