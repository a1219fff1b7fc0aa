"""A customer's row: what is kept of them between two touches, as bytes. Pure."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple, get_type_hints

import msgspec

from services.insight.risk.carry import BEGINNING, Coming, Kept
from services.insight.risk.rule import Open, Rule
from services.insight.risk.rules import RULES
from services.insight.risk.walk import Person, nobody
from shared.contracts.event import Event
from shared.contracts.signals import SIGNALS
from shared.core.stream import StreamName

HEARD = frozenset(fact.type for rule in RULES for fact in rule.hears)
"""Types of events that any rule hears."""

CATEGORY, FORMER = "alert", "silence"
"""Of the streams of a customer's alerts: since there are many rules, and while there was one."""


def stream(customer: str) -> StreamName:
    """The stream of a customer's alerts."""
    return StreamName(CATEGORY, customer)


class Row(NamedTuple):
    """The partition that is the customer's world, what is kept, and how many facts their stream has. Without
    `kept` the customer has to be judged anew from everything heard: kept by rules of another shape, or by
    none. `over` is when an alert that stands has come true, if nobody knows before what became of it."""

    partition: int
    kept: Kept | None
    version: int = 0
    over: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether that moment has come, where they are judged."""
        return self.kept is not None and self.over is not None and self.over <= self.kept.through

    def due(self, speaks: datetime | None) -> datetime | None:
        """The next moment at which something is to be said: by a rule, or that an alert has come true."""
        over = None if self.is_over else self.over
        return min((each for each in (speaks, over) if each is not None), default=None)


def unheard(partition: int) -> Row:
    """Of whom nothing was heard that a rule listens to."""
    return Row(partition, Kept(nobody(RULES), BEGINNING))


class Stored(NamedTuple):
    """The columns of a row."""

    customer: str
    partition: int
    through: datetime
    state: bytes
    ahead: bytes | None
    shape: str
    version: int
    alert: str | None
    over: datetime | None


def stored(customer: str, row: Row) -> Stored:
    kept = row.kept
    assert kept is not None, f"{customer} was not judged anew"
    states, standing, alert = kept.person
    state = ENCODE((states, [(rule, *each) for rule, each in sorted(standing.items())]))
    ahead = ENCODE([_written(each) for each in kept.ahead]) if kept.ahead else None
    return Stored(customer, row.partition, kept.through, state, ahead, shape(), row.version, alert, row.over)


def row(
    partition: int, through: datetime, state: bytes, ahead: bytes | None, kept_by: str, version: int,
    alert: str | None, over: datetime | None,
) -> Row:  # fmt: skip
    """What `stored` wrote. Errors: msgspec's, of bytes that are none of its."""
    if kept_by != shape():
        return Row(partition, None, version, over)
    states, standing = _states().decode(state)
    person = Person(states, {rule: Open(*each) for rule, *each in standing}, alert)
    return Row(partition, Kept(person, through, tuple(_read(ahead)) if ahead else ()), version, over)


class _Said(NamedTuple):
    effect: datetime
    time: datetime
    id: str
    source: str
    subject: str
    type: str
    trace: str | None
    data: dict[str, Any]


ENCODE = msgspec.json.Encoder().encode
_AHEAD = msgspec.json.Decoder(list[_Said])


def _written(each: Coming) -> _Said:
    event = each.event
    data = event.data.model_dump(mode="json", exclude_none=True)
    return _Said(
        each.effect,
        event.time,
        event.id,
        event.source,
        event.subject,
        event.data.type,
        event.traceparent,
        data,
    )


def _read(ahead: bytes) -> Iterable[Coming]:
    for said in _AHEAD.decode(ahead):
        data = SIGNALS[said.type].model_validate(said.data, strict=False)
        event = Event(said.id, said.source, said.subject, said.time, data, traceparent=said.trace)
        yield Coming(said.effect, event)


@cache
def _states() -> msgspec.json.Decoder[Any]:
    states: Any = tuple.__class_getitem__(tuple(_state(rule) for rule in RULES))
    person: Any = tuple.__class_getitem__((states, list[tuple[str, str, int]]))
    return msgspec.json.Decoder(person)


def _state(rule: Rule) -> Any:
    """What a rule folds into is said by its own `evolve`."""
    folded = get_type_hints(rule.evolve)["return"]
    return folded | None if rule.initial is None else folded


@cache
def shape() -> str:
    """Changes with the rules and with what each keeps: then everybody is judged anew."""
    said = [(rule.name, _fields(_state(rule))) for rule in RULES]
    return sha256(repr(said).encode()).hexdigest()[:8]


def _fields(of: Any) -> str:
    return msgspec.json.encode(msgspec.json.schema(of)).decode()
