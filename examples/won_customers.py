"""Follows new customers into won.db: .venv/bin/python -m examples.won_customers won.db < var/house.json"""

import json
import sys

from eventsourcing.application import Application
from eventsourcing.persistence import Tracking
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.sqlite import SQLiteTrackingRecorder

from shared.contracts.conversion import CustomerWon
from shared.recorder.mapper import RecordedEvent


class Conversion(Application[str]): ...


class Won(SQLiteTrackingRecorder):
    def add(self, customer: str, cents: int, tracking: Tracking) -> None:
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute("create table if not exists won (customer, cents)")
            cursor.execute("insert into won values (?, ?)", (customer, cents))


class FirstOrders(Projection[Won]):
    topics = (CustomerWon.type,)

    def process_event(self, domain_event: RecordedEvent, tracking: Tracking) -> None:
        if isinstance(won := domain_event.event.data, CustomerWon):
            self.view.add(domain_event.event.subject, won.amount, tracking)


if __name__ == "__main__":
    env = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": sys.argv[1]}
    env["CONVERSION_PERSISTENCE_MODULE"] = "shared.recorder.factory"
    env["CONVERSION_EVERGREEN_DATABASE"] = json.load(sys.stdin)["services"]["conversion"]["database_url"]
    with ProjectionRunner(
        application_class=Conversion, projection_class=FirstOrders, view_class=Won, env=env
    ) as runner:
        runner.run_forever()
