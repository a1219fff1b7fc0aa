"""What insight said, beside what `assess` says of the same days by the same parameters."""

from dataclasses import dataclass
from datetime import date

import asyncpg

from services.insight.alerts import told
from services.insight.churn.assess import assess
from services.insight.churn.policy import Policy
from services.insight.churn.rules import Rules
from services.insight.model import MODEL, STREAM
from shared.contracts.event import Event
from shared.contracts.insight import INSIGHT, SilenceModelFitted
from shared.contracts.reading import read

Verdict = tuple[str, date, bool]
"""Alert id, the morning on which it was raised, whether it was resolved."""


@dataclass(frozen=True)
class Said:
    """The facts in insight's own log, by stream, each stream in its order."""

    facts: dict[str, list[Event]]
    days: dict[str, list[date]]

    @property
    def refits(self) -> dict[int, SilenceModelFitted]:
        said = [event.data for event in self.facts[STREAM.text]]
        return {fact.week: fact for fact in said if isinstance(fact, SilenceModelFitted)}

    @property
    def rules(self) -> Rules:
        """The rules as the model's facts leave them."""
        rules = MODEL.replay(event.data for event in self.facts[STREAM.text]).rules(Policy())  # type: ignore[misc]
        assert rules is not None
        return rules

    def number(self, kind: type) -> int:
        """How many facts of a kind."""
        return sum(isinstance(event.data, kind) for events in self.facts.values() for event in events)

    def verdicts(self) -> dict[str, set[Verdict]]:
        """What the facts of each customer leave raised, resolved or not."""
        return {
            customer: {
                (alert_id, left.raised_on, left.resolved)
                for alert_id, left in told(self.facts.get(f"silence-{customer}", ())).items()
            }
            for customer in self.days
        }

    def follows(self, until: date) -> dict[str, set[Verdict]]:
        """What follows for each customer from all their days."""
        rules = self.rules
        return {
            customer: {
                (alert.id, alert.raised_on, alert.resolved_on is not None)
                for alert in assess(customer, days, rules, until)
            }
            for customer, days in self.days.items()
        }


async def said(pool: asyncpg.Pool) -> Said:
    """Read from the database."""
    facts: dict[str, list[Event]] = {}
    for stream, body in await pool.fetch("select stream, body from facts order by stream, version"):
        facts.setdefault(stream, []).append(read(body, (), INSIGHT))
    days = await pool.fetch(
        "select customer, array_agg(day order by day) as days from purchase_days group by customer"
    )
    return Said(facts, {row["customer"]: row["days"] for row in days})
