"""What every peer is told, and what it answers."""

import json
import sys
import time
from dataclasses import dataclass, field

ORDER = "order.paid"


@dataclass
class Asked:
    """A peer's command line; it answers when its first record was in hand and its last one durable."""

    bootstrap: str
    database: str
    topic: str
    group: str
    events: int
    directory: str
    taken: int = 0
    first: float = field(default=0.0)

    @classmethod
    def from_arguments(cls) -> "Asked":
        bootstrap, database, topic, group, events, directory = sys.argv[1:]
        return cls(bootstrap, database, topic, group, int(events), directory)

    def take(self, count: int = 1) -> None:
        """So many records are in hand."""
        self.first = self.first or time.time()
        self.taken += count

    def done(self) -> bool:
        return self.taken >= self.events

    def answer(self, last: float | None = None) -> None:
        """To standard output: moments are seconds since the epoch."""
        print(
            json.dumps({"first": self.first, "last": last or time.time(), "events": self.taken}), flush=True
        )
