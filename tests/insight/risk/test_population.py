"""Carried on together, customers come to what each comes to alone."""

from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from services.insight.risk.alert import Change
from services.insight.risk.population import advance
from services.insight.risk.rules import RULES
from services.insight.risk.walk import Person, nobody, walk_through
from shared.contracts.event import Event
from tests.insight.risk.logs import END, ORIGIN, logs, standards


@given(st.lists(logs, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_together_as_alone(each: list[list[Event]]) -> None:
    made = standards()
    events = {f"c{number}": heard for number, heard in enumerate(each)}
    people: dict[str, Person] = {}
    said: dict[str, list[Change]] = {customer: [] for customer in events}
    for segment in made.segments(ORIGIN, END):
        heard = {who: within(log, segment.since, segment.until) for who, log in events.items()}
        for who, change in advance(
            people, {w: h for w, h in heard.items() if h}, segment, RULES, made.calendar
        ):
            said[who].append(change)
    for who, log in events.items():
        alone = walk_through(who, nobody(RULES), log, ORIGIN, END, made)
        assert (people.get(who, nobody(RULES)), said[who]) == alone


def within(log: list[Event], since: datetime, until: datetime) -> list[Event]:
    return [event for event in log if since <= event.time < until]
