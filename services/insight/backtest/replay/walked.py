"""The live walk over a part of a history: week by week, everybody in it. Parts may be walked anywhere, in any
order."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.insight.backtest.log.history import History, Ints, micros
from services.insight.backtest.replay.alerts import Alert, alerts
from services.insight.risk.alert import Change
from services.insight.risk.calendar import Calendar
from services.insight.risk.difference import Said, difference, said_of
from services.insight.risk.population import advance
from services.insight.risk.rules import RULES
from services.insight.risk.standards import Adopted, InForce, Segment, Standards
from services.insight.risk.walk import Person
from shared.contracts.event import Event

Floats = NDArray[np.float64]
MICROSECOND = timedelta(microseconds=1)


class Judged(NamedTuple):
    """By name of rule what was in force: plain values, so that it can be sent anywhere."""

    calendar: Calendar
    rules: tuple[tuple[str, tuple[InForce, ...]], ...]

    def standards(self) -> Standards:
        by_name = {rule.name: rule for rule in RULES}
        return Standards(self.calendar, tuple(Adopted(by_name[name], each) for name, each in self.rules))


def judged(standards: Standards) -> Judged:
    return Judged(standards.calendar, tuple((each.rule.name, each.in_force) for each in standards.adopted))


class Snapshot(NamedTuple):
    """At one moment, of those who had been heard of before it: `whose` are names, and by rule how much each
    of them looked like leaving (-inf: the rule has nothing to say)."""

    whose: tuple[str, ...]
    scores: dict[str, Floats]


class Walked(NamedTuple):
    """Alerts in order of customer and time, and the snapshot, if one was asked for. Where two sets of
    policies were walked: the alerts of the old, and how often what would be said on the change."""

    alerts: list[Alert]
    snapshot: Snapshot | None
    before: list[Alert]
    news: dict[str, int]


def walked(
    part: History, judged: Judged, since: datetime, until: datetime, at: datetime | None, old: Judged | None
) -> Walked:
    """From the first morning to the end of the log; with a snapshot at a moment between, and beside what old
    policies would have said."""
    said, snapshot = _said(part, judged, since, until, at)
    if old is None:
        return Walked(_folded(said), snapshot, [], {})
    told, _ = _said(part, old, since, until, None)
    news: Counter[str] = Counter()
    for customer in said.keys() | told.keys():
        before: dict[str, list[Said]] = {}
        for change in told.get(customer, ()):
            before.setdefault(change.alert, []).append(said_of(change))
        follows = difference(before, said.get(customer, ()), until, "another policy")
        news.update(type(change).__name__ for change in follows)
    return Walked(_folded(said), snapshot, _folded(told), dict(sorted(news.items())))


def _folded(said: Mapping[str, list[Change]]) -> list[Alert]:
    return [alert for customer in sorted(said) for alert in alerts(customer, said[customer])]


def _said(
    part: History, judged: Judged, since: datetime, until: datetime, at: datetime | None
) -> tuple[dict[str, list[Change]], Snapshot | None]:
    standards, people = judged.standards(), dict[str, Person]()
    said: dict[str, list[Change]] = {}
    snapshot = None
    for segment, events in _segments(part, standards, since, until, at):
        for customer, change in advance(people, events, segment, standards.rules, standards.calendar):
            said.setdefault(customer, []).append(change)
        if at is not None and segment.until == at - MICROSECOND:
            snapshot = _snapshot(people, at, standards)
    return said, snapshot


def _segments(
    part: History, standards: Standards, since: datetime, until: datetime, at: datetime | None
) -> Iterator[tuple[Segment, dict[str, list[Event]]]]:
    whose = part.whose
    order = np.argsort(part.times, kind="stable")
    times, place = part.times[order], 0
    cut = at - MICROSECOND if at is not None and since < at <= until else None
    ends = [(since, cut), (cut, until)] if cut else [(since, until)]
    for begin, end in ends:
        for segment in standards.segments(begin, end):
            last = int(np.searchsorted(times, micros(segment.until)))
            yield segment, _heard(part, order[place:last], whose)
            place = last


def _heard(part: History, rows: Ints, whose: Ints) -> dict[str, list[Event]]:
    """By customer; a customer's rows are in order of time in the history already."""
    heard: dict[str, list[Event]] = {}
    for event in part.events(np.sort(rows), whose):
        heard.setdefault(event.subject, []).append(event)
    return heard


def _snapshot(people: dict[str, Person], at: datetime, standards: Standards) -> Snapshot:
    names, calendar = sorted(people), standards.calendar
    standing = standards.at(calendar.week_of(at))
    scores: dict[str, Floats] = {}
    for place, (rule, standard) in enumerate(zip(standards.rules, standing, strict=True)):
        nothing = np.full(len(names), -np.inf)
        if rule.scores is None or standard is None or not names:
            scores[rule.name] = nothing
            continue
        begun = [n for n, name in enumerate(names) if people[name].states[place] != rule.initial]
        states = [people[names[n]].states[place] for n in begun]
        if states:
            # The last bits of what is computed for many at once depend on how many they are.
            nothing[begun] = np.round(rule.scores(states, at, standard, calendar), 9)
        scores[rule.name] = nothing
    return Snapshot(tuple(names), scores)


def joined(each: Sequence[Walked]) -> Walked:
    """Parts of customers in their order, put together."""
    found = [alert for walk in each for alert in walk.alerts]
    before = [alert for walk in each for alert in walk.before]
    news: Counter[str] = Counter()
    for walk in each:
        news.update(walk.news)
    shots = [walk.snapshot for walk in each if walk.snapshot is not None]
    return Walked(found, _together(shots) if shots else None, before, dict(news))


def _together(shots: Sequence[Snapshot]) -> Snapshot:
    names = tuple(name for shot in shots for name in shot.whose)
    return Snapshot(
        names, {rule: np.concatenate([s.scores[rule] for s in shots]) for rule in shots[0].scores}
    )
