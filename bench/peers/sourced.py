"""`eventsourcing`'s own application on PostgreSQL: get the aggregate, change it, save, for each message."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, UUID, uuid5

from confluent_kafka import Consumer  # type: ignore[import-not-found]
from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.domain import Aggregate, event

from bench.peers.asked import ORDER, Asked


class Customer(Aggregate):
    """A customer with all they bought."""

    @event("Registered")
    def __init__(self, name: str) -> None:
        self.name = name
        self.purchases = 0
        self.spent = 0

    @staticmethod
    def create_id(name: str) -> UUID:
        return uuid5(NAMESPACE_URL, f"/customers/{name}")

    @event("Bought")
    def buy(self, order: str, amount: int, happened: datetime) -> None:
        self.purchases += 1
        self.spent += amount
        self.last_seen = happened


class Customers(Application[UUID]):
    """The application service."""

    def hear(self, order: dict[str, Any]) -> None:
        name, data = order["subject"], order["data"]
        try:
            customer: Customer = self.repository.get(Customer.create_id(name))
        except AggregateNotFoundError:
            customer = Customer(name)
        customer.buy(data["order_id"], data["amount"], datetime.fromisoformat(order["time"]))
        self.save(customer)


def settings(url: str) -> dict[str, str]:
    """Where the library finds its database; everything else as it comes."""
    parts = urlsplit(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parts.path[1:],
        "POSTGRES_HOST": parts.hostname or "",
        "POSTGRES_PORT": str(parts.port),
        "POSTGRES_USER": parts.username or "",
        "POSTGRES_PASSWORD": parts.password or "",
    }


def main(asked: Asked) -> None:
    app = Customers(env=settings(asked.database))
    consumer = Consumer(
        {"bootstrap.servers": asked.bootstrap, "group.id": asked.group, "auto.offset.reset": "earliest"}
    )
    consumer.subscribe([asked.topic])
    while not asked.done():
        message = consumer.poll(1.0)
        if message is not None and message.error() is None:
            order = json.loads(message.value())
            if order["type"] == ORDER:
                asked.take()
                app.hear(order)
    asked.answer()
    consumer.close()
    app.close()


if __name__ == "__main__":
    main(Asked.from_arguments())
