"""The alert: a silence that lasted too long, with everything its judgement rests on."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid5

from services.insight.churn.policy import Policy
from services.insight.churn.rules import InForce
from services.insight.churn.silence import Silence
from services.insight.churn.weeks import morning
from shared.contracts.insight import Clause

RULE = "silence"
ALERTS = UUID("6f1c7f0e-5d0b-5a57-9d6a-3f2f6f0c9a11")


@dataclass(frozen=True, slots=True)
class Alert:
    """Raised on the morning of `raised_on`; `resolved_on` is the day of the purchase that ended it."""

    id: str
    customer: str
    silence: Silence
    raised_on: date
    resolved_on: date | None
    policy: Policy
    in_force: InForce

    @property
    def opened_on(self) -> date:
        return self.silence.last

    @property
    def raised_at(self) -> datetime:
        return morning(self.raised_on)

    @property
    def p_silent(self) -> float:
        """At the deadline; 9 decimals, so that it reads the same on every machine."""
        chance = self.silence.p_silent(self.in_force.parameters, self.raised_on, self.policy.horizon_weeks)
        return round(chance, 9)

    def clauses(self) -> tuple[Clause, ...]:
        return (Clause(name="p_silent", value=self.p_silent, operator=">=", bound=self.policy.threshold),)

    def measures(self) -> dict[str, float]:
        """What the clause was computed from; t_x, T and horizon in weeks."""
        r, alpha, a, b = self.in_force.parameters.as_tuple()
        measures = {
            "x": self.silence.repeats,
            "t_x": round(self.silence.t_x, 9),
            "T": round(self.silence.age(self.raised_on), 9),
            "horizon": self.policy.horizon_weeks,
        }
        return measures | {"r": r, "alpha": alpha, "a": a, "b": b}


def alert_id(policy: Policy, customer: str, opened_on: date) -> str:
    """The same for the same silence under the same rule, whenever and however often it is judged."""
    name = f"{policy.rule_version}|{customer}|{opened_on.isoformat()}|{policy.threshold!r}"
    return str(uuid5(ALERTS, name))
