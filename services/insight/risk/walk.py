"""The only loop over events and time: a customer carried from one moment to another under one set of
standards."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from services.insight.risk.alert import Change, Raised, Withdrawn, changed
from services.insight.risk.calendar import Calendar
from services.insight.risk.rule import Finding, Open, Rule
from services.insight.risk.standards import MICROSECOND, Segment, Standards
from shared.contracts.event import Event


class Person(NamedTuple):
    """A customer between two touches: each rule's state, what stands by rule, and the alert that says so."""

    states: tuple[Any, ...]
    standing: Mapping[str, Open]
    alert: str | None


def nobody(rules: Sequence[Rule]) -> Person:
    """Of whom nothing was heard."""
    return Person(tuple(rule.initial for rule in rules), {}, None)


def walk(
    customer: str, person: Person, events: Iterable[Event], segment: Segment, rules: Sequence[Rule],
    calendar: Calendar,
) -> tuple[Person, list[Change]]:  # fmt: skip
    """The customer at the end of the segment, and what was said on the way.

    `events` are the customer's own of that time, in order of `order`. A timer sees what came before it, so it
    fires before an event of the same moment.
    """
    way = _Way(customer, person, segment, rules, calendar)
    if segment.anew:
        way.ask_anew(segment.anew)
    for event in events:
        way.pass_time(event.time)
        way.hear(event)
    way.pass_time(segment.until)
    return way.person, way.said


def walk_through(
    customer: str, person: Person, events: Sequence[Event], since: datetime, until: datetime,
    standards: Standards,
) -> tuple[Person, list[Change]]:  # fmt: skip
    """The same over as many segments as there are."""
    said: list[Change] = []
    place = 0
    for segment in standards.segments(since, until):
        first = place
        while place < len(events) and events[place].time < segment.until:
            place += 1
        heard = events[first:place]
        person, more = walk(customer, person, heard, segment, standards.rules, standards.calendar)
        said += more
    return person, said


def order(event: Event) -> tuple[datetime, str, str]:
    """The order in which events count, whatever the order in which they came."""
    return event.time, event.source, event.id


class _Way:
    """One walk: how far it has come, and when each rule speaks next."""

    def __init__(
        self, customer: str, person: Person, segment: Segment, rules: Sequence[Rule], calendar: Calendar
    ) -> None:
        self.customer, self.person, self.calendar, self.rules = customer, person, calendar, rules
        self.standards, self.now, self.until = segment.standards, segment.since, segment.until
        self.said: list[Change] = []
        self.dues = [self._due(place) for place in range(len(rules))]

    def pass_time(self, to: datetime) -> None:
        """Fire whatever is due up to that moment, in order."""
        while (due := min((each for each in self.dues if each is not None), default=None)) and due <= to:
            self.now = due
            self._judge([place for place, each in enumerate(self.dues) if each == due], None)
        self.now = max(self.now, to)

    def ask_anew(self, places: Sequence[int]) -> None:
        """As the segment begins: under another policy nothing stands of what these rules found before."""
        before = self.person
        fallen = [place for place in places if self.rules[place].name in before.standing]
        if not fallen:
            return
        self.now += MICROSECOND
        gone = {self.rules[place].name for place in fallen}
        kept = {rule: each for rule, each in before.standing.items() if rule not in gone}
        self.person = before._replace(standing=kept)
        found = {self.rules[place].name: self._find(place) for place in fallen}
        findings = {**self._standing(kept, found), **{r: f for r, f in found.items() if f}}
        self.person = before
        if not findings and before.alert:
            reason = f"judged by another policy of {' and '.join(sorted(gone))}"
            self.said.append(Withdrawn(before.alert, self.now, reason))
            self.person = Person(before.states, {}, None)
        else:
            self._say(findings, None)
        self.dues = [self._due(place) for place in range(len(self.rules))]

    def hear(self, event: Event) -> None:
        states, heard = list(self.person.states), []
        for place, rule in enumerate(self.rules):
            if type(event.data) in rule.hears:
                states[place] = rule.evolve(states[place], event, self.calendar)
                heard.append(place)
        if heard:
            self.person = self.person._replace(states=tuple(states))
            self._judge(heard, event)

    def _judge(self, places: Sequence[int], cause: Event | None) -> None:
        """Ask these rules again; what the others found stands."""
        before, alert = self.person.standing, self.person.alert
        asked = {self.rules[place].name: self._find(place) for place in places}
        ended = alert is not None and any(_is_over(before.get(rule), now) for rule, now in asked.items())
        if ended or any(_is_news(before.get(rule), now) for rule, now in asked.items()):
            self._say({**self._standing(before, asked), **{r: f for r, f in asked.items() if f}}, cause)
        for place in places:
            self.dues[place] = self._due(place)

    def _standing(
        self, before: Mapping[str, Open], asked: Mapping[str, Finding | None]
    ) -> dict[str, Finding]:
        """The findings that stand by rules that were not asked, as they read now."""
        found = {}
        for place, rule in enumerate(self.rules):
            if rule.name in before and rule.name not in asked and (finding := self._find(place)):
                found[rule.name] = finding
        return found

    def _say(self, findings: Mapping[str, Finding], cause: Event | None) -> None:
        before, alert = self.person.standing, self.person.alert
        changes = changed(self.customer, alert, before, findings, self.now, cause)
        self.said += changes
        for change in changes:
            alert = change.alert if isinstance(change, Raised) else alert if findings else None
        standing = {rule: Open(each.opening, each.severity) for rule, each in findings.items()}
        self.person = Person(self.person.states, standing, alert)

    def _find(self, place: int) -> Finding | None:
        rule, standard = self.rules[place], self.standards[place]
        if standard is None:
            return None
        stands = self.person.standing.get(rule.name)
        return rule.find(self.person.states[place], self.now, standard, self.calendar, stands)

    def _due(self, place: int) -> datetime | None:
        rule, standard = self.rules[place], self.standards[place]
        if standard is None:
            return None
        stands = self.person.standing.get(rule.name)
        return rule.due(self.person.states[place], self.now, self.until, standard, self.calendar, stands)


def _is_over(before: Open | None, now: Finding | None) -> bool:
    return before is not None and (now is None or now.opening != before.opening)


def _is_news(before: Open | None, now: Finding | None) -> bool:
    return now is not None and (before is None or (now.opening, now.severity) != before)
