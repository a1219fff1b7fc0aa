"""Decisions as sentences: given facts, when a command, then facts; and heard twice, nothing more."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.contracts.fact import Fact
from shared.core.decider import Decider

START = datetime(2026, 1, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    """Midnight of the n-th day."""
    return START + timedelta(days=number)


@dataclass(frozen=True)
class Scenario:
    """Grows by given and when; `then` judges."""

    decider: Decider[Any, Any, Any]
    facts: tuple[Fact, ...] = ()
    answer: tuple[Fact, ...] = ()
    command: Any = None
    at: datetime = START
    asked: bool = field(default=False)

    def when(self, command: Any, at: datetime = START) -> "Scenario":
        state = self.decider.replay(self.facts)
        answer = tuple(self.decider.decide(state, command, at))
        return Scenario(self.decider, self.facts, answer, command, at, True)

    def when_time_comes(self, at: datetime) -> "Scenario":
        """Its timer fires; and fired again, it says no more."""
        answer = tuple(self.decider.fire(self.decider.replay(self.facts), at))
        assert tuple(self.decider.fire(self.decider.replay((*self.facts, *answer)), at)) == ()
        return Scenario(self.decider, self.facts, answer, None, at, True)

    def then(self, *expected: Fact) -> None:
        assert self.asked, "a scenario without `when` decides nothing"
        assert self.answer == expected

    def then_and_no_more(self, *expected: Fact) -> None:
        """As `then`; and the same command heard again changes nothing."""
        self.then(*expected)
        again = self.decider.replay((*self.facts, *self.answer))
        assert tuple(self.decider.decide(again, self.command, self.at)) == ()


def given(decider: Decider[Any, Any, Any]) -> Callable[..., Scenario]:
    """`given = given(LEAD)` in a test file; then `given(facts...).when(...).then(...)`."""
    return lambda *facts: Scenario(decider, facts)
