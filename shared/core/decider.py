"""A decider: the rules of one aggregate as four pure functions (Chassaing's decider, with time added)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from shared.contracts.fact import Fact

S = TypeVar("S")
C = TypeVar("C")
F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True)
class TimerFired:
    """Event time went past the moment that `due` had named."""


def never(_: Any) -> datetime | None:
    """The `due` of an aggregate to which time alone means nothing."""
    return None


@dataclass(frozen=True, slots=True)
class Decider(Generic[S, C, F]):
    """`decide(state, command, at)` answers with new facts, `evolve(state, fact)` folds them.

    `category` names the streams (`lead` in `lead-42`); `due(state)` is the next moment at which time
    alone would make the aggregate speak: it is then handed `TimerFired()` with `at` = that moment.
    """

    category: str
    initial: S
    decide: Callable[[S, C | TimerFired, datetime], Sequence[F]]
    evolve: Callable[[S, F], S]
    due: Callable[[S], datetime | None] = never

    def replay(self, facts: Iterable[F]) -> S:
        """Fold a whole stream."""
        state = self.initial
        for fact in facts:
            state = self.evolve(state, fact)
        return state


class Routed(NamedTuple, Generic[C]):
    """A reaction: this command, for the stream `category`-`id`."""

    category: str
    id: str
    command: C

    @property
    def stream(self) -> str:
        return f"{self.category}-{self.id}"
