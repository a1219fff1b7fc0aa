"""What an operator should know of clocks and streams: who is silent, waited for, set aside. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from shared.contracts.event import iso
from shared.core.watermark import Clock, SourceWatermark

PATIENCE = 30.0
"""Seconds (of the wall clock) for which nothing is said of a source that is waited for."""
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
    return "; ".join(_expired(name, *known) for name, known in sorted(since.items())) or None


def _expired(source: str, seen: datetime, partitions: Iterable[int]) -> str:
    return (
        f"source {source} is silent since {iso(seen)} (partitions {', '.join(map(str, partitions))}): "
        "its lease ran out, the clock goes on without it. Start it again; or, when it is gone for good: "
        f"evergreen publish source.heartbeat --source {source} closed=true"
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
        self._since: dict[int, tuple[tuple[str, datetime], float]] = {}

    def held(self, clocks: Clocks, now: float) -> str | None:
        """The clocks that others would move and one source holds, of which half its lease is over."""
        waiting = {partition: word for partition, clock in clocks.items() if (word := _overdue(clock))}
        self._since = {
            partition: known if (known := self._since.get(partition)) and known[0] == word else (word, now)
            for partition, word in waiting.items()
        }
        sayings = {_held(*word) for word, since in self._since.values() if now - since > PATIENCE}
        return "; ".join(sorted(sayings)) or None


def _overdue(clock: Clock) -> tuple[str, datetime] | None:
    """The source that holds the clock, and its last word, when the others have gone on meanwhile."""
    if clock.holder is None:
        return None
    source = clock.sources[clock.holder]
    waited = clock.elapsed - source.elapsed
    return (clock.holder, source.seen) if waited > max(source.lease / 2, timedelta()) else None


def _held(source: str, seen: datetime) -> str:
    return f"the clock waits for {source}, which last spoke of {iso(seen)}: see whether it still runs"
