"""What insight said, beside what one walk over all that it heard says by the same standards."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from services.insight.alerts import told
from services.insight.judging.model import FORMER, STREAM, replay
from services.insight.judging.people import HEARD
from services.insight.risk.alert import Change
from services.insight.risk.carry import BEGINNING, Coming, coming
from services.insight.risk.difference import Said as One
from services.insight.risk.difference import said_of
from services.insight.risk.standards import Standards
from services.insight.risk.walk import nobody, order, walk_through
from shared.contracts.event import Event
from shared.contracts.insight import INSIGHT, ChurnRiskRaised, ChurnRiskWithdrawn
from shared.contracts.policies import ModelFitted
from shared.contracts.reading import recall
from shared.contracts.signals import SIGNALS

Verdicts = Mapping[str, Mapping[str, list[One]]]
"""By customer and alert, what is said of it."""


@dataclass(frozen=True)
class Said:
    """The facts in insight's own log, by stream, each stream in its order, without the moments of recording;
    what any rule heard of each customer, and how far each is judged."""

    facts: dict[str, list[Event]]
    heard: dict[str, list[Coming]]
    through: dict[str, datetime]

    @property
    def standards(self) -> Standards:
        """As the model's facts leave them."""
        said = (*self.facts.get(FORMER.text, ()), *self.facts[STREAM.text])
        made = replay(event.data for event in said).standards()
        assert made is not None
        return made

    @property
    def fits(self) -> list[ModelFitted]:
        return [each.data for each in self.facts[STREAM.text] if isinstance(each.data, ModelFitted)]

    def number(self, kind: type) -> int:
        """How many facts of a kind."""
        return sum(isinstance(event.data, kind) for events in self.facts.values() for event in events)

    def left(self) -> Verdicts:
        """What the facts leave of each customer: nothing of what was said before it was withdrawn."""
        return {customer: _standing(told(self.facts.get(f"alert-{customer}", ()))) for customer in self.heard}

    def follows(self) -> Verdicts:
        """What one walk says of each customer from all that was heard."""
        made = self.standards
        return {
            customer: _by_alert(walked(customer, events, self.through[customer], made))
            for customer, events in self.heard.items()
        }


def walked(customer: str, heard: Iterable[Coming], until: datetime, made: Standards) -> list[Change]:
    """All that one walk says up to a moment, by what has taken effect before it."""
    before = sorted((each.event for each in heard if each.effect < until), key=order)
    return walk_through(customer, nobody(made.rules), before, BEGINNING, until, made)[1]


def _by_alert(changes: Iterable[Change]) -> dict[str, list[One]]:
    found: dict[str, list[One]] = {}
    for change in changes:
        found.setdefault(change.alert, []).append(said_of(change))
    return _standing(found)


def _standing(said: Mapping[str, list[One]]) -> dict[str, list[One]]:
    left = {}
    for alert, each in said.items():
        withdrawn = max((n for n, one in enumerate(each) if one.kind == "Withdrawn"), default=-1)
        if each[withdrawn + 1 :]:
            left[alert] = each[withdrawn + 1 :]
    return left


async def said(pool: Any) -> Said:
    """Read from the database."""
    facts: dict[str, list[Event]] = {}
    for stream, body in await pool.fetch("select stream, body from facts order by stream, version"):
        facts.setdefault(stream, []).append(recall(body, INSIGHT)._replace(recorded=None))
    heard: dict[str, list[Coming]] = {}
    asked = "select customer, body, known from timeline where type = any($1)"
    for customer, body, known in await pool.fetch(asked, sorted(HEARD)):
        heard.setdefault(customer, []).append(coming(recall(body, SIGNALS), known))
    through = await pool.fetch("select customer, through from journeys join frontiers using (partition)")
    return Said(facts, heard, {row[0]: row[1] for row in through})


def follows(heard: Said) -> int:
    """What was said is what follows, each alert raised once and none withdrawn; the number of alerts."""
    expected = heard.follows()
    assert heard.left() == expected
    alerts = list(chain.from_iterable(expected.values()))
    assert heard.number(ChurnRiskRaised) == len(alerts)
    assert heard.number(ChurnRiskWithdrawn) == 0
    return len(alerts)
