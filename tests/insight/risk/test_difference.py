"""Whatever is heard late: what was told and the difference together say what follows."""

from collections.abc import Sequence
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from services.insight.risk.alert import Change, Raised, Withdrawn
from services.insight.risk.difference import Said, difference, said_of
from services.insight.risk.rules import RULES
from services.insight.risk.walk import nobody, order, walk_through
from shared.contracts.event import Event
from tests.insight.risk.logs import ORIGIN, logs, moments, standards


def follow(events: Sequence[Event], until: datetime) -> list[Change]:
    heard = [event for event in sorted(events, key=order) if event.time < until]
    return walk_through("c", nobody(RULES), heard, ORIGIN, until, standards())[1]


def grouped(said: Sequence[Change]) -> dict[str, list[Said]]:
    found: dict[str, list[Said]] = {}
    for change in said:
        found.setdefault(change.alert, []).append(said_of(change))
    return found


def left(told: Sequence[Change]) -> dict[str, list[Said]]:
    """What still counts of what was told."""
    found: dict[str, list[Said]] = {}
    for change in told:
        if isinstance(change, Withdrawn):
            assert found.pop(change.alert), "what was never told, or was withdrawn, is withdrawn"
        else:
            assert isinstance(change, Raised) is (change.alert not in found)
            found.setdefault(change.alert, []).append(said_of(change))
    return found


@given(logs, st.lists(st.booleans(), min_size=40, max_size=40), moments)
@settings(max_examples=300, deadline=None)
def test_what_was_told_and_the_difference_say_what_follows(
    events: list[Event], late: list[bool], until: datetime
) -> None:
    told = follow([event for event, is_late in zip(events, late, strict=False) if not is_late], until)
    follows = follow(events, until)
    news = difference(grouped(told), follows, until, "a purchase heard late")
    assert left([*told, *news]) == grouped(follows)
    assert difference(grouped([*told, *news]), follows, until, "") == []
