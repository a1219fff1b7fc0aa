"""What this process owns: which partitions, how far it came in each, and whether their logs are the same."""

import asyncio
import logging
from collections.abc import Collection, Container, Iterable, Mapping
from time import monotonic
from uuid import uuid4

from aiokafka.errors import KafkaError

from shared.consume.client.ends import Ends
from shared.consume.client.logs import Ids, read_ids, read_logs
from shared.consume.client.polling import PollingClient
from shared.consume.hold import Condition
from shared.contracts.topics import PARTITIONS
from shared.core.agreement import Log, disagreements, miscounted, missing, numbers, opened, told, uneven
from shared.core.store import Position, Store, TopicPartition
from shared.resilience.transient import Outage, is_outage, passes
from shared.settings import Settings

log = logging.getLogger(__name__)
STANDBY = "standby"
EXAMINED_IN = WITHHELD_FOR = 5.0


class Assignment:
    """Nothing is taken of a partition before its position in each topic agrees with the log it counts in.

    `places` is None while the group shares its partitions out. `positions` is one dict for good, of those
    that are taken; `withheld` has the positions of the others.
    """

    def __init__(
        self, settings: Settings, topics: Collection[str], external: Collection[str], store: Store
    ) -> None:
        self.settings, self.topics, self.external, self.store = settings, topics, external, store
        self.places: frozenset[TopicPartition] | None = None
        self.positions: dict[TopicPartition, int] = {}
        self.agreed = self.is_replaced = self._began = False
        self._process, self._is_registered = uuid4(), False
        self.refused: str | None = None
        self._problem: str | None = None
        self._began_late: str | None = None
        self._ids = Ids(None, {}, {})
        self._examined_at = 0.0
        self._logs: Mapping[TopicPartition, Log] = {}
        self.ends = Ends()
        self.withheld: Mapping[TopicPartition, int] = {}

    def begin(self, places: frozenset[TopicPartition]) -> None:
        """These are ours; how far they were taken is asked for next."""
        self.places, self.agreed, self._began = places, False, False

    def end(self) -> None:
        """Nothing is ours any more."""
        self.places, self.agreed, self._problem, self.withheld = None, False, None, {}
        self.refused = None
        self.positions.clear()

    def doubt(self) -> None:
        """The logs may be others than they were: examine them before anything more is taken."""
        self.agreed = False

    def take_up(self, positions: Mapping[TopicPartition, int]) -> bool:
        """Go on from there; True when these partitions were not ours before, or not taken."""
        are_new = not self._began or positions.keys() != self.positions.keys()
        self.positions.clear()
        self.positions.update(positions)
        self.agreed = self._began = True
        self.refused = None
        return are_new

    async def examine(self, client: PollingClient) -> Mapping[TopicPartition, int] | None:
        """Where to go on; None when that is nowhere. What does not go on is `withheld`; `conditions` say why.

        Errors: `KafkaError` and the store's while one of them is away, `TimeoutError`.
        """
        try:
            async with asyncio.timeout(EXAMINED_IN):
                return await self._examined(client)
        except Exception as error:
            said = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
            self.refused = f"PostgreSQL refuses: {said}" if is_outage(error) and not passes(error) else None
            self._say(f"positions can't be compared with Kafka's logs yet ({said})")
            raise

    async def _examined(self, client: PollingClient) -> Mapping[TopicPartition, int] | None:
        self._examined_at = monotonic()
        self.ends.forget()
        if await self._is_another():
            return None
        places = sorted(self.places or ())
        known = await self.store.positions(places)
        self._ids = ids = await read_ids(client, self.topics)
        self._logs = await read_logs(client, ids, places)
        wrong, apart = disagreements(places, known, self._logs), uneven(places, self.topics)
        gone = missing(self.topics, ids.topics) or miscounted(self.external, ids.partitions, PARTITIONS)
        if not gone and any(client.partitions_for_topic(topic) is None for topic in self.topics):
            await client.refresh()  # or it would take minutes until its partitions are shared out
        held = {partition for _, partition in places if gone} | {n for _, n in wrong} | apart.keys()
        taken = [place for place in places if place[1] not in held]
        self._withhold(held, wrong, known)
        problem = gone or (told(self.settings.service, wrong) if wrong else next(iter(apart.values()), None))
        self._say(f"{problem}; all but {numbers(held)} go on" if problem and taken else problem)
        if gone or (held and not taken):
            return None
        known = {place: known[place] for place in taken if place in known}
        if new := opened(known, {place: self._logs[place] for place in taken}):
            await self.store.open_positions(new)
        self._note_beginnings(known, new)
        return {place: position.offset for place, position in {**known, **new}.items()}

    async def count(self, client: PollingClient | None) -> None:
        """Are keys placed by as many partitions as here? The client hears of new ones minutes late.

        Errors: `Outage` when they are not, `KafkaError` and `TimeoutError` while Kafka is away.
        """
        assert client is not None
        async with asyncio.timeout(EXAMINED_IN):
            ids = await read_ids(client, self.external)
        if problem := miscounted(self.external, ids.partitions, PARTITIONS):
            self.doubt()
            raise Outage(problem)

    def _withhold(
        self, held: Container[int], wrong: Container[TopicPartition], known: Mapping[TopicPartition, Position]
    ) -> None:
        """Of a log with which its position disagrees nothing counts as taken."""
        begun = {place: Position(lies.beginning) for place, lies in self._logs.items()}
        at = {place: known[place] for place in known if place not in wrong}
        self.withheld = {place: pos.offset for place, pos in (begun | at).items() if place[1] in held}

    async def _is_another(self) -> bool:
        """Whether a later process goes by the name of this one."""
        name = self.settings.instance
        if name and not self._is_registered:
            await self.store.register(name, self._process)
            self._is_registered = True
        elif name:
            self.is_replaced = await self.store.registered(name) != self._process
        return self.is_replaced

    def _say(self, problem: str | None) -> None:
        if problem and problem != self._problem:
            log.error("nothing is taken there: %s", problem)
        self._problem = problem

    def _note_beginnings(
        self, known: Mapping[TopicPartition, Position], new: Mapping[TopicPartition, Position]
    ) -> None:
        if late := {place: at.offset for place, at in new.items() if place not in known and at.offset}:
            (topic, partition), offset = min(late.items())
            self._began_late = (
                f"topic {topic}, partition {partition} began at offset {offset} when this service first came "
                "to it: what lay before is not part of what it knows"
            )
            log.warning("%s", self._began_late)

    async def compare(self, client: PollingClient) -> None:
        """When Kafka has told anew which topics there are: are they, and the cluster, those examined?

        What is withheld is examined every few seconds: somebody may have said where it goes on.
        """
        if self.withheld and monotonic() - self._examined_at > WITHHELD_FOR:
            self.doubt()
            return
        if not client.metadata_came:
            return
        client.metadata_came = False
        try:
            async with asyncio.timeout(EXAMINED_IN):
                unchanged = await read_ids(client, self.topics) == self._ids
        except (KafkaError, OSError) as error:
            log.warning("topics can't be compared: %s: %s", type(error).__name__, error)
            unchanged = False
        if not unchanged:
            self.doubt()

    def conditions(self) -> Iterable[Condition]:
        """Everything that may be wrong, or odd, with what this process owns."""
        another = (
            f"another process has taken over as instance {self.settings.instance!r} of this service, and "
            "this one has left: give each an EVERGREEN_INSTANCE of its own, or none, and start it again"
        )
        spare = "owns no partition: there are more processes than partitions; it takes over when another ends"
        yield Condition("instance", another if self.is_replaced else None)
        yield Condition("position", self._problem)
        yield Condition(STANDBY, spare if self.places == frozenset() else None, blocks=False)
        yield Condition("beginning", self._began_late, blocks=False)

    def lag(self, client: PollingClient | None) -> Mapping[str, int]:
        """Records not taken, by topic; those where position and log disagree are all not taken."""
        behind, fetched = dict.fromkeys(self.topics, 0), self.ends.of(client, self.positions)
        for place in self.places or ():
            begun = self.withheld.get(place, self.positions.get(place))
            if begun is not None and place in self._logs:
                end = (place not in self.withheld and fetched.get(place)) or self._logs[place].end
                behind[place[0]] += max(0, end - begun)
        return behind
