"""A decider: the rules of one aggregate as four pure functions (Chassaing's decider, with time added)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from shared.contracts.fact import Fact
from shared.core.stream import StreamName

S = TypeVar("S")
C = TypeVar("C")
F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True)
class TimerRule(Generic[S, F]):
    """What time alone does: `due(state)` is the next moment at which it makes the aggregate speak, None for
    never; `fire(state, at)` answers with the facts of that moment."""

    due: Callable[[S], datetime | None]
    fire: Callable[[S, datetime], Sequence[F]]


@dataclass(frozen=True, slots=True)
class Decider(Generic[S, C, F]):
    """`decide(state, command, at)` answers with new facts, `evolve(state, fact)` folds them.

    `category` names the streams (`lead` in `lead-42`). An aggregate to which time alone means nothing has no
    `timer`.
    """

    category: str
    initial: S
    decide: Callable[[S, C, datetime], Sequence[F]]
    evolve: Callable[[S, F], S]
    timer: TimerRule[S, F] | None = None

    def due(self, state: S) -> datetime | None:
        """The next moment at which time alone makes the aggregate speak."""
        return self.timer.due(state) if self.timer else None

    def fire(self, state: S, at: datetime) -> Sequence[F]:
        """The facts of that moment."""
        return self.timer.fire(state, at) if self.timer else ()

    def replay(self, facts: Iterable[F]) -> S:
        """Fold a whole stream."""
        state = self.initial
        for fact in facts:
            state = self.evolve(state, fact)
        return state


class Routed(NamedTuple, Generic[C]):
    """A reaction: this command, for that stream."""

    stream: StreamName
    command: C
