"""`insight`: churn alerts with their proof, and the parameters they rest on."""

from typing import Literal

from shared.contracts.fact import Fact, Moment, Several, Text, Whole, vocabulary
from shared.contracts.policies import POLICIES
from shared.contracts.signals import SourceHeartbeat


class Clause(Fact):
    """One condition of a rule as it stood at the deadline: `value` `operator` `bound`."""

    type = "insight.clause"
    name: Text
    value: float
    operator: Text
    bound: float


class ChurnRiskRaised(Fact):
    """A customer has been silent for longer than the rule allows.

    `time` of the event is the deadline. `evidence` holds the event ids the judgement rests on (the
    purchases, oldest first, at most 100, newest kept), `traces` the W3C trace ids of those that had one.
    """

    type = "insight.churn_risk_raised"
    alert_id: Text
    rule: Text
    rule_version: Text
    params_version: Text
    opened_on: Text
    clauses: Several[Clause]
    measures: dict[Text, float]
    evidence: Several[Text]
    traces: Several[Text] = ()


class ChurnRiskResolved(Fact):
    """The customer came back: a false alarm, kept as a label for the next backtest.

    `evidence` holds the event ids of the purchases of that day, oldest first, at most 100.
    """

    type = "insight.churn_risk_resolved"
    alert_id: Text
    returned_at: Moment
    evidence: Several[Text] = ()


class ChurnRiskWithdrawn(Fact):
    """A late event changed the past: the alert no longer follows from the log."""

    type = "insight.churn_risk_withdrawn"
    alert_id: Text
    reason: Text
    evidence: Several[Text] = ()


class AlertAcknowledged(Fact):
    """Somebody of ours has seen an alert and looks after that customer."""

    type = "insight.alert_acknowledged"
    alert_id: Text
    by: Text


class AlertSnoozed(Fact):
    """Nobody wants to hear of an alert until then, unless it grows more severe."""

    type = "insight.alert_snoozed"
    alert_id: Text
    until: Moment
    by: Text


class AlertOutcomeRecorded(Fact):
    """What became of it: `saved` by us, `churned`, or `returned` by themselves.

    `by` is who said so; null where the log itself did, whom whoever knows better may correct.
    """

    type = "insight.alert_outcome_recorded"
    alert_id: Text
    outcome: Literal["saved", "churned", "returned"]
    by: Text | None = None


class AlertDeedRefused(Fact):
    """What somebody did about an alert (`deed`, the type of the signal) changes nothing, and why."""

    type = "insight.alert_deed_refused"
    alert_id: Text
    deed: Text
    by: Text
    reason: Text


class SilenceCalendarOpened(Fact):
    """Weeks are counted from `origin`, the day on which the first clock opened."""

    type = "insight.silence_calendar_opened"
    origin: Moment


class SilenceModelFitted(Fact):
    """The weekly refit of MBG/NBD at boundary `week`; `time` of the event is that boundary.

    When `accepted` is false, the parameters named by `in_force` stay, and `reason` says why.
    """

    type = "insight.silence_model_fitted"
    week: Whole
    params_version: Text
    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    customers: Whole
    accepted: bool
    reason: Text
    in_force: Text | None = None


INSIGHT = {
    **vocabulary(
        AlertAcknowledged,
        AlertDeedRefused,
        AlertOutcomeRecorded,
        AlertSnoozed,
        ChurnRiskRaised,
        ChurnRiskResolved,
        ChurnRiskWithdrawn,
        SilenceCalendarOpened,
        SilenceModelFitted,
        SourceHeartbeat,
    ),
    **POLICIES,
}
