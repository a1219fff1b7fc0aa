"""`insight`: churn alerts with their proof, and the parameters they rest on."""

from typing import Literal

from shared.contracts.fact import Currency, Fact, Minor, Moment, Several, Text, Whole, vocabulary
from shared.contracts.policies import MODELS, POLICIES
from shared.contracts.signals import SourceHeartbeat


class Clause(Fact):
    """One condition of a rule as it stood at the deadline: `value` `operator` `bound`."""

    type = "insight.clause"
    name: Text
    value: float
    operator: Text
    bound: float


class Reason(Fact):
    """What one rule found: since when, how severe (1 to 3), and in words. `chance` of leaving is there once
    it is calibrated; `observations` counts the customer's own that it was judged by. `rule_version` names the
    policy, `params_version` the fit, if the rule has one."""

    type = "insight.reason"
    rule: Text
    rule_version: Text
    params_version: Text | None = None
    opening: Text
    since: Moment
    severity: Whole
    chance: float | None = None
    words: Text
    clauses: Several[Clause]
    measures: dict[Text, float]
    observations: Whole = 0


class Money(Fact):
    """An amount in minor units of one currency."""

    type = "insight.money"
    amount: Minor
    currency: Currency


class ChurnRiskRaised(Fact):
    """There is reason to believe that a customer leaves.

    `time` of the event is the moment at which the first rule found so. `reasons` are all that stand then, the
    heaviest first; `rule` to `measures` say the one that the alert is named after. `evidence` holds the ids
    of the events the judgement rests on (oldest first, at most 100, newest kept), `traces` the W3C trace ids
    of those that had one. `severity` is the heaviest reason's, `confidence` low, medium or high by the amount
    of the customer's own data, `value_at_risk` what they have paid within a year, `play` what may be done.
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
    severity: Whole = 1
    reasons: Several[Reason] = ()
    confidence: Text | None = None
    value_at_risk: Several[Money] = ()
    play: Text | None = None


class ChurnRiskEscalated(Fact):
    """A reason has joined an alert that stands, or one weighs more; `reasons` are all that stand now."""

    type = "insight.churn_risk_escalated"
    alert_id: Text
    severity: Whole
    reasons: Several[Reason]
    evidence: Several[Text] = ()


class ChurnRiskEased(Fact):
    """A reason of an alert is gone, or weighs less, while others stand; `reasons` are all that stand now."""

    type = "insight.churn_risk_eased"
    alert_id: Text
    severity: Whole
    reasons: Several[Reason]
    evidence: Several[Text] = ()


class ChurnRiskResolved(Fact):
    """No reason is left, most often because the customer came back: kept as a label for the next backtest.

    `evidence` holds the id of the event that ended it, if one did: `returned_at` is when it happened.
    """

    type = "insight.churn_risk_resolved"
    alert_id: Text
    returned_at: Moment
    evidence: Several[Text] = ()


class ChurnRiskWithdrawn(Fact):
    """The alert no longer follows: something heard late changed the past, or another policy judges."""

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


INSIGHT = {
    **vocabulary(
        AlertAcknowledged,
        AlertDeedRefused,
        AlertOutcomeRecorded,
        AlertSnoozed,
        ChurnRiskEased,
        ChurnRiskEscalated,
        ChurnRiskRaised,
        ChurnRiskResolved,
        ChurnRiskWithdrawn,
        SourceHeartbeat,
    ),
    **MODELS,
    **POLICIES,
}
