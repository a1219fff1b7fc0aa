"""Many customers carried on together: only whom something touches is walked, and who that is is asked of all
at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from services.insight.risk.alert import Change
from services.insight.risk.calendar import Calendar
from services.insight.risk.rule import Rule
from services.insight.risk.standards import Segment
from services.insight.risk.walk import Person, nobody, walk
from shared.contracts.event import Event


def coming(
    people: Sequence[Person], until: datetime, segment: Segment, rules: Sequence[Rule], calendar: Calendar
) -> list[int]:
    """The places of those whom a rule may have something to say of up to then, though nothing is heard."""
    may = np.zeros(len(people), dtype=bool)
    for place, (rule, standard) in enumerate(zip(rules, segment.standards, strict=True)):
        if standard is None:
            continue
        states = [person.states[place] for person in people]
        if rule.coming is None:
            may |= np.array([state != rule.initial for state in states], dtype=bool)
        else:
            stand = [person.standing.get(rule.name) for person in people]
            may |= rule.coming(states, until, standard, calendar, stand)
    return [int(place) for place in np.flatnonzero(may)]


def advance(
    people: dict[str, Person], events: Mapping[str, Sequence[Event]], segment: Segment,
    rules: Sequence[Rule], calendar: Calendar,
) -> list[tuple[str, Change]]:  # fmt: skip
    """Carry everybody to the end of the segment; `people` are changed. What is said, customer by customer."""
    names = list(people)
    places = coming(list(people.values()), segment.until, segment, rules, calendar)
    touched = dict.fromkeys([names[place] for place in places]) | dict.fromkeys(events)
    said: list[tuple[str, Change]] = []
    for customer in touched:
        before = people.get(customer) or nobody(rules)
        people[customer], changes = walk(customer, before, events.get(customer, ()), segment, rules, calendar)
        said += [(customer, change) for change in changes]
    return said
