"""The three stages in memory, with topics between them: what one decides, the others hear."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.acquisition import app as acquisition
from services.conversion import app as conversion
from services.retention import app as retention
from shared.contracts.event import Event, encode
from shared.contracts.fact import Fact
from shared.contracts.reading import read
from shared.contracts.topics import VOCABULARIES
from shared.core.batch import Batch, Heard
from shared.core.store import Position
from shared.service.runtime import Service
from shared.service.transactor import Transactor
from shared.storage.memory import MemoryStore
from tests.scenario import day

RECORDED = day(9_999)


@dataclass
class StageInMemory:
    """One stage at work: how much of its log has been published, and its last heartbeat."""

    service: Service
    transactor: Transactor
    store: MemoryStore
    published: int = 0
    heartbeat: bytes = b""

    def news(self) -> list[bytes]:
        """What the relay would publish: the facts in commit order, then the stage's own heartbeat."""
        facts = [fact.body for fact in self.store.log[self.published :]]
        self.published = len(self.store.log)
        heartbeat = self.store.heartbeats.get(0, b"")
        beats = [heartbeat] if heartbeat != self.heartbeat else []
        self.heartbeat = heartbeat
        return [*facts, *beats]


@dataclass
class StagesInMemory:
    """All on one partition. `topics` holds what was published, in order."""

    topics: dict[str, list[Event]] = field(default_factory=lambda: {name: [] for name in VOCABULARIES})
    stages: dict[str, StageInMemory] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for app in (acquisition, conversion, retention):
            store = MemoryStore()
            transactor = Transactor(app.STAGE, VOCABULARIES[app.STAGE.name], store)
            self.stages[app.STAGE.name] = StageInMemory(app.SERVICE, transactor, store)

    async def hear(self, topic: str, *events: Event) -> None:
        """One batch for each listener; then what they decided goes on, until nobody has anything to say."""
        first = len(self.topics[topic])
        self.topics[topic] += events
        heard = [Heard(topic, 0, first + n, event, encode(event)) for n, event in enumerate(events)]
        listeners = {name: stage for name, stage in self.stages.items() if topic in stage.service.hears}
        for name, stage in listeners.items():
            await self._take(stage, topic, heard)
            if said := [read(body, (), VOCABULARIES[name]) for body in stage.news()]:
                await self.hear(name, *said)

    async def _take(self, stage: StageInMemory, topic: str, heard: Sequence[Heard]) -> None:
        await stage.store.open_positions({(topic, 0): Position(0)})
        positions = {(topic, 0): (heard[0].offset, heard[-1].offset + 1)}
        await stage.transactor.transact(Batch(heard, (), positions), RECORDED, lambda cause, _: cause)

    def facts(self, topic: str) -> list[Fact]:
        """What was said on a topic, without heartbeats."""
        return [event.data for event in self.topics[topic] if event.subject]

    def types(self, *topics: str) -> list[str]:
        """What was said on topics, by type."""
        return [fact.type for topic in topics for fact in self.facts(topic)]
