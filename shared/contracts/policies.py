"""In `insight`: which rules judge under which settings, since when, who decided it and on what evidence."""

from shared.contracts.fact import Fact, Moment, Several, Text, Whole, vocabulary

Setting = bool | Whole | float | Text | Several[Whole] | Several[float]
Settings = dict[Text, Setting]
"""All settings of a rule by name, as its policy's file has them."""


class BacktestSummary(Fact):
    """What a backtest of some `settings` on a `log` came to, told whole in a `report`: each named by SHA-256.

    None where the log was too short or too small to tell.
    """

    type = "insight.backtest_summary"
    settings: Text
    report: Text
    log: Text
    since: Moment
    until: Moment
    alerts: Whole
    precision: float | None = None
    recall: float | None = None
    alerts_a_week: float | None = None


class PolicyProposed(Fact):
    """Settings that a rule may get. Proposed again with a backtest, it keeps its version."""

    type = "insight.policy_proposed"
    rule: Text
    policy_version: Whole
    settings: Settings
    by: Text
    backtest: BacktestSummary | None = None


class PolicyAdopted(Fact):
    """A rule is to judge by these settings, at the earliest from the next week's boundary on.

    That is the first that is settled after this was said, and not before `effective`; of decisions that a
    boundary is late enough for, the one that was said last counts. It rests on its backtest, or on the reason
    for going without one (`override`).
    """

    type = "insight.policy_adopted"
    rule: Text
    policy_version: Whole
    settings: Settings
    by: Text
    effective: Moment | None = None
    backtest: BacktestSummary | None = None
    override: Text | None = None


class PolicyEdited(PolicyAdopted):
    """The same where another version was adopted before, which it `supersedes`."""

    type = "insight.policy_edited"
    supersedes: Whole


class PolicyRetired(Fact):
    """A rule is to say nothing any more, from such a boundary on as one that is adopted.

    `policy_version` was adopted last; 0: the rule judged as it comes.
    """

    type = "insight.policy_retired"
    rule: Text
    policy_version: Whole
    by: Text
    reason: Text
    effective: Moment | None = None


POLICIES = vocabulary(PolicyProposed, PolicyAdopted, PolicyEdited, PolicyRetired)
