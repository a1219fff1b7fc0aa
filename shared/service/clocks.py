"""What an operator should know of clocks and streams: who is silent, waited for, set aside. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from shlex import quote

from shared.contracts.event import iso
from shared.contracts.topics import STAGE_SOURCES
from shared.core.watermark import MOST_SOURCES, Clock, SourceWatermark

PATIENCE = timedelta(minutes=2)
"""Of the wall clock: for so long nothing is said of a source that is waited for."""
ALONE = timedelta(minutes=10)
"""So long of a source that is alone: nobody is past it, and the service may be busy with its last word."""
DAILY = timedelta(days=1)
"""A stage, which has no lease, may speak once a day, when its own time goes by days."""
CROWDED = (
    "and a newcomer is not waited for: name a source after what it is, never after its process or message, "
    "and close those that are gone for good"
)
SOME = 10
"""Sources named in one go."""
RUNS = "see whether it runs: evergreen status"
Clocks = Mapping[int, Clock]


def states(clocks: Clocks) -> dict[str, int]:
    """How many sources are live, expired or closed, each counted once, in its worst state."""
    found: dict[str, str] = {}
    for state in ("closed", "live", "expired"):
        for clock in clocks.values():
            found |= {name: state for name, source in clock.sources.items() if _state(source) == state}
    return {state: list(found.values()).count(state) for state in ("live", "expired", "closed")}


def _state(source: SourceWatermark) -> str:
    return "closed" if source.closed else "expired" if source.expired else "live"


def silent(clocks: Clocks) -> str | None:
    """The sources that expired, with the way out."""
    since: dict[str, tuple[datetime, list[int]]] = {}
    for partition, clock in sorted(clocks.items()):
        for name, seen in clock.expired.items():
            latest, places = since.get(name, (seen, []))
            since[name] = (max(latest, seen), [*places, partition])
    told = [_expired(name, *known) for name, known in sorted(since.items())]
    more = [f"{len(told) - SOME} more sources are silent"] if told[SOME:] else []
    return "; ".join([*told[:SOME], *more]) or None


def crowded(clocks: Clocks) -> str | None:
    """The partitions that know so many sources that no other joins, with the way out."""
    full = [
        str(partition) for partition, clock in sorted(clocks.items()) if len(clock.sources) >= MOST_SOURCES
    ]
    return f"partitions {', '.join(full)} know {MOST_SOURCES} sources, {CROWDED}" if full else None


def _expired(source: str, seen: datetime, partitions: Iterable[int]) -> str:
    return (
        f"source {source} is silent since {iso(seen)} (partitions {', '.join(map(str, partitions))}): "
        f"its lease ran out, the clock goes on without it; {_ways_out(source, seen)}"
    )


def set_aside(quarantined: Iterable[tuple[str, int, datetime]]) -> str | None:
    """The streams that are set aside, by category, how many and since when: never a customer's id."""
    told = [f"{count} of category {category} since {iso(since)}" for category, count, since in quarantined]
    ways_out = (
        "their own rules fail. `evergreen quarantine list` says why; release them once a release mends it"
    )
    return f"streams are set aside, {', '.join(told)}: {ways_out}" if told else None


class Holders:
    """Remembers since when each clock has waited for the same word of the same source."""

    def __init__(self) -> None:
        self._since: dict[int, tuple[tuple[str, datetime], datetime]] = {}

    def held(self, clocks: Clocks, now: datetime) -> str | None:
        """The sources that clocks wait for, with the way out.

        By the wall clock: for PATIENCE the source has not moved, and its last word is older than half its
        lease. History that is played fast moves; what it stands at is old at once. When no other is past it
        the clock stands all the same, and nobody's time will let its lease run out: ALONE is longer.
        """
        waiting = {partition: word for partition, clock in clocks.items() if (word := _waited_for(clock))}
        self._since = {
            partition: known if (known := self._since.get(partition)) and known[0] == word else (word, now)
            for partition, word in waiting.items()
        }
        late: dict[str, datetime] = {}
        for partition, ((name, seen), since) in self._since.items():
            usual = clocks[partition].sources[name].lease / 2 or DAILY
            patience = PATIENCE if _is_passed(clocks[partition], name) else ALONE
            if now - since > patience and now - seen > usual + patience:
                late[name] = max(seen, late.get(name, seen))
        return "; ".join(_held(name, seen) for name, seen in sorted(late.items())) or None


class Unheard:
    """Remembers since when stages that are awaited have never spoken where others have."""

    def __init__(self) -> None:
        self._since: dict[str, datetime] = {}

    def problem(self, clocks: Clocks, awaits: frozenset[str], now: datetime) -> str | None:
        """Those of them for whose first word a clock has waited for PATIENCE of the wall clock."""
        unheard = {
            name for clock in clocks.values() if clock.sources for name in awaits - clock.sources.keys()
        }
        self._since = {name: self._since.get(name, now) for name in unheard}
        late = [name for name, since in sorted(self._since.items()) if now - since > PATIENCE]
        said = ", ".join(late)
        if not late:
            return None
        return (
            f"the clock waits for {said}, which has never spoken: {RUNS}. One that runs and judges by days "
            "speaks when its first day is over (UTC); until then all is well"
        )


class Unvouched:
    """Remembers since when nobody counts on some partitions while somebody does on others."""

    def __init__(self) -> None:
        self._since: dict[int, datetime] = {}

    def problem(self, clocks: Clocks, now: datetime) -> str | None:
        """Those of which that holds for ALONE: whoever speaks there may only be heard later."""
        bare = {partition for partition, clock in clocks.items() if clock.holder is None}
        stand = bare if len(bare) < len(clocks) else set()
        self._since = {partition: self._since.get(partition, now) for partition in stand}
        late = [str(partition) for partition, since in sorted(self._since.items()) if now - since > ALONE]
        if not late:
            return None
        return (
            f"nobody vouches for the time of partitions {', '.join(late)}, as sources do on the others: no "
            "week is judged on any before it is over on all; let each source write to every partition"
        )


def _waited_for(clock: Clock) -> tuple[str, datetime] | None:
    """The source that holds the clock, and its last word."""
    return (clock.holder, clock.sources[clock.holder].seen) if clock.holder else None


def _is_passed(clock: Clock, name: str) -> bool:
    """Others have said more than it."""
    said = clock.sources[name].watermark
    return any(other.watermark > said for other in clock.sources.values() if not other.expired)


def _held(source: str, seen: datetime) -> str:
    ways_out = RUNS if source in STAGE_SOURCES else _ways_out(source, seen)
    return f"the clock waits for {source}, which last spoke of {iso(seen)}: {ways_out}"


def _ways_out(source: str, seen: datetime) -> str:
    """Closed at its last word it vouches for nothing that it has not said."""
    closing = f"--source {quote(source)} --time {iso(seen)} closed=true"
    return f"start it again; or, when it is gone for good: evergreen publish source.heartbeat {closing}"
