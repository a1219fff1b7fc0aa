"""Quix Streams, exactly once: state in RocksDB with its changelog, every change published in transactions.

It keeps what the peers on PostgreSQL keep (tables.sql): each purchase once, whole, under its customer, and
the customer's row.
"""

import time
from collections.abc import Callable
from typing import Any

from quixstreams import Application, State

from bench.peers.asked import ORDER, Asked

Fold = Callable[[dict[str, Any], State], dict[str, Any] | None]


class Timed(Application):  # type: ignore[misc]
    """Remembers when the last checkpoint was committed: shutting down is no part of the work."""

    durable = 0.0

    def _run_dataframe(self, sink: Any = None) -> None:
        super()._run_dataframe(sink)
        self.durable = time.time()


def row(order: dict[str, Any], state: State) -> dict[str, Any]:
    """The customer after this purchase."""
    known = state.get("customer", default={"purchases": 0, "spent": 0, "last_seen": ""})
    now = {
        "purchases": known["purchases"] + 1,
        "spent": known["spent"] + order["data"]["amount"],
        "last_seen": max(known["last_seen"], order["time"]),
    }
    state.set("customer", now)
    return {**now, "customer": order["subject"], "id": order["id"]}


def timeline(order: dict[str, Any], state: State) -> dict[str, Any] | None:
    """The same, with the purchase told; nothing when it was told before."""
    entry = f"{order['source']} {order['id']}"
    if state.exists(entry):
        return None
    state.set(entry, order)
    return row(order, state)


def main(asked: Asked, fold: Fold) -> None:
    app = Timed(
        broker_address=asked.bootstrap, consumer_group=asked.group, auto_offset_reset="earliest",
        processing_guarantee="exactly-once", state_dir=asked.directory, loglevel="WARNING",
    )  # fmt: skip

    def is_order(event: dict[str, Any]) -> bool:
        order: bool = event["type"] == ORDER
        asked.take(int(order))
        return order

    events = app.dataframe(app.topic(asked.topic, value_deserializer="json"))
    customers = events.filter(is_order).apply(fold, stateful=True)
    changed = customers.filter(lambda customer: customer is not None)
    changed.to_topic(app.topic(f"{asked.group}-customers", value_serializer="json"))
    app.run(count=asked.events, collect=False)
    asked.answer(app.durable)


if __name__ == "__main__":
    main(Asked.from_arguments(), timeline)
