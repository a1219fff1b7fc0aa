"""However a log is cut into batches, shuffled within its lateness, doubled or late: whole facts are the
same."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from services.insight.risk.alert import Raised, Withdrawn
from services.insight.risk.carry import (
    BEGINNING,
    Coming,
    Kept,
    Spoken,
    carry,
    coming,
    joined,
    revise,
    speaks,
    told_with,
)  # fmt: skip
from services.insight.risk.rules import RULES
from services.insight.risk.walk import nobody, order, walk_through
from shared.contracts.event import Event
from tests.insight.risk.logs import END, ORIGIN, logs, standards

MADE = standards()
Step = Event | datetime
"""An event, or how far the clock has come."""


class Ledger(NamedTuple):
    """A customer in memory: what was heard, what is kept, what was said."""

    heard: list[Coming]
    kept: list[Kept]
    said: list[Spoken]


def play(steps: Sequence[Step], cuts: Sequence[int]) -> Ledger:
    """Batch by batch: first all of it is heard, then time passes to where its last clock stands."""
    ledger = Ledger([], [Kept(nobody(RULES), BEGINNING)], [])
    clock: datetime | None = None
    for first, end in zip([0, *cuts], [*cuts, len(steps)], strict=True):
        before = {one.event.id for one in ledger.heard}
        for step in steps[first:end]:
            if isinstance(step, datetime):
                clock = max(step, clock or step)
            elif step.id not in before:
                before.add(step.id)
                one = coming(step, clock)
                ledger.heard.append(one)
                ledger.kept[0] = joined(ledger.kept[0], [one])
        if clock:
            pass_time(ledger, clock)
    return ledger


def pass_time(ledger: Ledger, until: datetime) -> None:
    while ledger.kept[0].through < until:
        due = speaks("c", ledger.kept[0], until, MADE)
        if due is None:
            ledger.kept[0], said = carry("c", ledger.kept[0], until, MADE)
            assert not said, "something is said though nothing was due"
            continue
        ledger.kept[0], said = carry("c", ledger.kept[0], due, MADE)
        ledger.said.extend(said)
        late = ledger.kept[0].revised_at
        if late is not None and late < due:
            told = told_with({}, ledger.said)
            ledger.kept[0], more = revise("c", ledger.kept[0], ledger.heard, told, MADE)
            ledger.said.extend(more)


arrivals = st.lists(st.integers(0, 60), min_size=40, max_size=40)


def shuffled(events: Sequence[Event], days: Sequence[int]) -> list[Event]:
    delayed = zip(events, days, strict=False)
    return [each for each, _ in sorted(delayed, key=lambda one: (one[0].time + timedelta(one[1]), one[0].id))]


def ticked(events: Sequence[Event], lateness: timedelta) -> list[Step]:
    """After each event the clock may come to what its sender vouches for."""
    steps: list[Step] = [ORIGIN]
    newest = ORIGIN
    for event in events:
        newest = max(newest, event.time)
        steps += [event, newest - lateness]
    return [*steps, END]


@given(logs, arrivals, st.sets(st.integers(0, 80)), st.sampled_from([0, 9, 70]))
@settings(max_examples=200, deadline=None)
def test_neither_batches_nor_lateness_nor_doubles_change_what_is_said(
    events: list[Event], days: list[int], cuts: set[int], lateness: int
) -> None:
    steps = ticked(shuffled(events, days), timedelta(lateness))
    places = sorted(cut for cut in cuts if cut <= len(steps))
    one, other = play(steps, range(1, len(steps))), play(steps, places)
    assert one == other
    assert play([each for step in steps for each in (step, step)], places).said == one.said
    person, _ = walk_through("c", nobody(RULES), sorted(events, key=order), BEGINNING, END, MADE)
    assert one.kept[0] == Kept(person, END)


@given(logs, arrivals)
@settings(max_examples=100, deadline=None)
def test_within_its_lateness_a_log_is_told_as_in_order(events: list[Event], days: list[int]) -> None:
    in_order = play(ticked(events, timedelta(70)), [])
    assert play(ticked(shuffled(events, days), timedelta(70)), []).said == in_order.said
    assert not any(isinstance(each.change, Withdrawn) for each in in_order.said)
    assert len({each.change.alert for each in in_order.said if isinstance(each.change, Raised)}) == sum(
        isinstance(each.change, Raised) for each in in_order.said
    )
