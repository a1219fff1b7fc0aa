"""In `insight`: which rules judge under which settings, who decided it and on what evidence; when weeks
begin, and by what each rule judges from which week on."""

from shared.contracts.fact import Fact, Moment, Plain, Several, Text, Whole, vocabulary

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


class CalendarOpened(Fact):
    """Weeks are counted from `origin`, the day on which the first clock opened; days begin at midnight in
    `zone`."""

    type = "insight.calendar_opened"
    origin: Moment
    zone: Text = "UTC"


class ModelFitted(Fact):
    """What the boundary of `week` taught a rule under one policy: it judges by these parameters from there
    on.

    `time` of the event is that boundary. `parameters` is null while there is too little to learn from, and
    where the rule learns nothing; `policy` is null where the rule is silent: nobody has adopted it, or it was
    retired.
    """

    type = "insight.model_fitted"
    week: Whole
    rule: Text
    policy: Whole | None = None
    settings: Settings | None = None
    params_version: Text | None = None
    parameters: dict[Text, Plain] | None = None


class WeekSettled(Fact):
    """Every rule's parameters of that week are said: whoever waits at its boundary goes on."""

    type = "insight.week_settled"
    week: Whole


MODELS = vocabulary(CalendarOpened, ModelFitted, SilenceCalendarOpened, SilenceModelFitted, WeekSettled)
