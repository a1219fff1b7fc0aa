"""A customer as kept between two touches, carried on by what takes effect: everything said waits for the
clock."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from services.insight.risk.alert import Change, Withdrawn
from services.insight.risk.difference import Said, difference, said_of
from services.insight.risk.standards import MICROSECOND, Standards
from services.insight.risk.walk import Person, nobody, order, walk_through
from shared.contracts.event import Event

BEGINNING = datetime(1800, 1, 1, tzinfo=UTC)
"""Before all that an event may tell of."""
LATE = "what was heard late leaves another past"


class Coming(NamedTuple):
    """An event, and the moment at which it takes effect: its own, or that of the clock when it was heard
    late."""

    effect: datetime
    event: Event

    @property
    def late(self) -> bool:
        return self.effect > self.event.time


class Kept(NamedTuple):
    """A customer as of `through`; `ahead` is what takes effect from then on, in order."""

    person: Person
    through: datetime
    ahead: tuple[Coming, ...] = ()

    @property
    def revised_at(self) -> datetime | None:
        """When something heard late takes effect next."""
        return next((each.effect for each in self.ahead if each.late), None)


class Spoken(NamedTuple):
    """A change, and up to when what was heard counts for it. `cause` made it so; None: time did."""

    change: Change
    at: datetime
    cause: Event | None


def coming(event: Event, known: datetime | None) -> Coming:
    """`known` is how far the clock had come when it was heard (None: it had not begun)."""
    return Coming(max(event.time, known) if known else event.time, event)


def place(one: Coming) -> tuple[datetime, bool, tuple[datetime, str, str]]:
    """The order in which things take effect; what was late before what happens then."""
    return one.effect, not one.late, order(one.event)


def joined(kept: Kept, heard: Iterable[Coming]) -> Kept:
    """With more that takes effect from `through` on."""
    return kept._replace(ahead=tuple(sorted((*kept.ahead, *heard), key=place)))


def settled(kept: Kept, through: datetime, standards: Standards) -> Kept:
    """On to a moment up to which nothing is to be said, as is known: what happened meanwhile is folded
    alone."""
    if kept.through >= through:
        return kept
    happened = [each for each in kept.ahead if each.effect < through]
    person = kept.person
    if happened:
        *_, states = prefixes(person.states, (each.event for each in happened), standards)
        person = person._replace(states=states)
    return Kept(person, through, kept.ahead[len(happened) :])


def prefixes(
    states: tuple[Any, ...], events: Iterable[Event], standards: Standards
) -> Iterator[tuple[Any, ...]]:
    """What the rules keep before the first of these events, and after each."""
    yield states
    for event in events:
        kind = type(event.data)
        states = tuple(
            rule.evolve(state, event, standards.calendar) if kind in rule.hears else state
            for rule, state in zip(standards.rules, states, strict=True)
        )
        yield states


def carry(customer: str, kept: Kept, until: datetime, standards: Standards) -> tuple[Kept, list[Spoken]]:
    """On to that moment, or to where something heard late takes effect before it: from there `revise` goes
    on.

    Not when it takes effect just then: more may be heard while the clock stands there, and is judged with it.
    """
    until = max(kept.through, min(until, kept.revised_at or until))
    reached = [each for each in kept.ahead if not each.late and each.effect < until]
    ahead = kept.ahead[len(reached) :]
    events = [each.event for each in reached]
    person, said = walk_through(customer, kept.person, events, kept.through, until, standards)
    return Kept(person, until, ahead), [_spoken(change, _heard_of(change)) for change in said]


def revise(
    customer: str, kept: Kept, heard: Sequence[Coming], told: Mapping[str, Sequence[Said]],
    standards: Standards, reason: str = LATE,
) -> tuple[Kept, list[Spoken]]:  # fmt: skip
    """Judged anew at `kept.through` from everything that has taken effect by then, what was late included.

    `heard` is all that there is of the customer, `told` what was said of each alert up to there.
    """
    at = kept.through
    now = [each for each in kept.ahead if each.late and each.effect <= at]
    events = sorted((each.event for each in heard if counts(each, at)), key=order)
    person, follows = walk_through(customer, nobody(standards.rules), events, BEGINNING, at, standards)
    cause = now[-1].event if now else None
    spoken = [
        _spoken(change, at, cause if isinstance(change, Withdrawn) else None)
        for change in difference(told, follows, at, reason)
    ]
    return Kept(person, at, kept.ahead[len(now) :]), spoken


def counts(each: Coming, at: datetime) -> bool:
    """Whether something is known to have happened before that moment, when it comes."""
    return each.event.time < at and each.effect <= at


def speaks(customer: str, kept: Kept, end: datetime, standards: Standards) -> datetime | None:
    """The first moment up to `end` to which it is carried with something said, or judged anew; None: none is.

    An event counts before the moment to which time passes, so what it makes said comes just after.
    """
    to, said = carry(customer, kept, end, standards)
    if said:
        return said[0].change.at + MICROSECOND if said[0].cause else said[0].change.at
    late = to.revised_at
    return late + MICROSECOND if late is not None and late < end else None


def told_with(told: Mapping[str, Sequence[Said]], spoken: Iterable[Spoken]) -> dict[str, list[Said]]:
    """What was said of each alert, with what has just been."""
    joined = {alert: list(said) for alert, said in told.items()}
    for each in spoken:
        joined.setdefault(each.change.alert, []).append(said_of(each.change))
    return joined


def _heard_of(change: Change) -> datetime:
    """What is due is said before what is heard late while the clock stands there counts."""
    own = None if isinstance(change, Withdrawn) else change.cause
    return change.at if own else change.at - MICROSECOND


def _spoken(change: Change, at: datetime, cause: Event | None = None) -> Spoken:
    own = None if isinstance(change, Withdrawn) else change.cause
    return Spoken(change, at, cause or own)
