"""One law for every rule: however a walk is cut, it says the same; and up to its next due a rule says the
same."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.insight.risk.rule import Finding, Open, Rule
from services.insight.risk.rules import RULES
from services.insight.risk.walk import nobody, walk_through
from shared.contracts.event import Event
from tests.insight.risk.logs import END, ORIGIN, ZONES, logs, moments, standards

cuts = st.lists(moments, max_size=8).map(lambda times: sorted({ORIGIN, *times, END}))
zones = st.sampled_from(ZONES)
severities = st.integers(0, 3)


def walked(events: Sequence[Event], at: Sequence[datetime], zone: str) -> object:
    made, person, said = standards(zone), nobody(RULES), []
    for since, until in pairwise(at):
        heard = [event for event in events if since <= event.time < until]
        person, more = walk_through("c", person, heard, since, until, made)
        said += more
    return person, said


@given(logs, cuts, zones)
@settings(max_examples=300, deadline=None)
def test_a_walk_in_parts_is_the_walk(events: list[Event], at: list[datetime], zone: str) -> None:
    assert walked(events, at, zone) == walked(events, [ORIGIN, END], zone)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@given(logs, severities, zones)
@settings(max_examples=100, deadline=None)
def test_up_to_its_next_due_a_rule_says_what_stands(
    rule: Rule, events: list[Event], severity: int, zone: str
) -> None:
    made = standards(zone)
    standard, state = made.at(60)[RULES.index(rule)], rule.initial
    assert standard is not None
    for event in events:
        if type(event.data) in rule.hears:
            state = rule.evolve(state, event, made.calendar)
    since = max([event.time for event in events], default=ORIGIN)
    found = rule.find(state, since, standard, made.calendar, None)
    stands = Open(found.opening, max(severity, found.severity)) if found else None
    until = since + timedelta(days=40)
    due = rule.due(state, since, until, standard, made.calendar, stands)
    at = since
    while at < until:
        now = rule.find(state, at, standard, made.calendar, stands)
        if due is not None and at >= due:
            assert opened(now) != stands
            return
        assert opened(now) == stands, at
        at = at.replace(minute=0, second=0) + timedelta(hours=1)
    assert due is None or due >= at


def opened(found: Finding | None) -> Open | None:
    return Open(found.opening, found.severity) if found else None
