"""What can be wrong with a record, one of each kind. None of it may change a decision, nor stop anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from shared.contracts.event import STRUCTURED, iso
from shared.contracts.reading import MAX_BYTES

SOURCE = "/demo/poison"
CUSTOMER = "poisoner"
MODEST = datetime(1997, 6, 1, tzinfo=UTC)
FAR = datetime(2100, 1, 1, tzinfo=UTC)
Headers = list[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Poison:
    """A record that must end among the dead letters, with a reason that says `because`."""

    name: str
    because: str
    value: bytes | None
    key: bytes | None = CUSTOMER.encode()
    headers: Sequence[tuple[str, bytes]] = (("content-type", STRUCTURED),)


def poisons() -> list[Poison]:
    """One of every kind."""
    return [
        Poison("bad-json", "is not JSON", b'{"specversion": "1.0", '),
        Poison("json-but-no-object", "not an object", b'["1.0"]'),
        Poison("no-cloudevent", "specversion", _but(specversion=None)),
        Poison("no-id", "id is missing", _but(id=None)),
        Poison("unknown-type", "is not known here", _but(type="order.teleported")),
        Poison("newer-version", "newer than", _but(dataversion=99)),
        Poison("oversize", "bytes are more than", _but(data={"order_id": "x" * (MAX_BYTES + 1)})),
        Poison("null-value", "null", None),
        Poison("key-is-not-subject", "key is not the event's subject", _but(), key=b"somebody-else"),
        Poison("negative-amount", "amount", _but(data={"order_id": "1", "amount": -1, "currency": "USD"})),
        Poison("future", "future", _but(time=iso(FAR))),
        Poison("naive-time", "no time zone", _but(time="1997-06-01T00:00:00")),
        Poison("header-not-utf-8", "not UTF-8", b"{}", headers=_binary_headers()),
    ]


def _but(**changes: object) -> bytes:
    """A good event, spoilt by these attributes; None leaves one out."""
    good: dict[str, object] = {
        "specversion": "1.0",
        "id": f"poison-{'-'.join(sorted(changes)) or 'key'}",
        "source": SOURCE,
        "type": "order.paid",
        "subject": CUSTOMER,
        "time": iso(MODEST),
        "datacontenttype": "application/json",
        "data": {"order_id": "1", "amount": 100, "currency": "USD"},
    }
    return orjson.dumps({name: value for name, value in (good | changes).items() if value is not None})


def _binary_headers() -> Headers:
    """Binary mode, with a customer in an encoding that CloudEvents does not allow."""
    return [
        ("content-type", b"application/json"),
        ("ce_specversion", b"1.0"),
        ("ce_id", b"poison-header"),
        ("ce_source", SOURCE.encode()),
        ("ce_type", b"order.paid"),
        ("ce_time", iso(MODEST).encode()),
        ("ce_subject", "Müller".encode("latin-1")),
    ]
