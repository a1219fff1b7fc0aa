"""A partition in memory, played as `live` asks its caller to: a timeline, dues, boundaries one at a time."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from services.insight.churn.assess import assess
from services.insight.churn.buyer import Buyer, Change, Judged, Raised, Resolved, is_late, opened
from services.insight.churn.live import due, dues, hear, judge
from services.insight.churn.revise import Told, revise
from services.insight.churn.rules import Rules, Schedule

DAY = timedelta(days=1)


@dataclass
class Partition:
    """`future` holds the fits of weeks to come: each enters `rules` when its boundary is reached."""

    rules: Rules
    future: Schedule
    judged: Judged = field(init=False)
    buyers: dict[str, Buyer] = field(default_factory=dict)
    timeline: dict[str, list[date]] = field(default_factory=dict)
    waiting: dict[str, date] = field(default_factory=dict)
    told: dict[str, dict[str, Told]] = field(default_factory=dict)
    withdrawals: int = 0

    def __post_init__(self) -> None:
        self.judged = opened(self.rules.weeks)

    def purchase(self, customer: str, day: date) -> None:
        known = self.timeline.setdefault(customer, [])
        if day in known:
            return
        self.timeline[customer] = sorted([*known, day])
        if is_late(day, self.judged):
            told = self.told.get(customer, {})
            turn = revise(customer, self.timeline[customer], told, self.judged, self.rules)
        else:
            turn = hear(self.buyers.get(customer, Buyer()), [day], self.judged)
        self._keep(customer, *turn, self.judged)

    def clock(self, through: date) -> None:
        """Time passes: week by week, and within a week due by due."""
        while (boundary := self.rules.weeks.boundary(self.judged.week + 1)) <= through:
            self._fire(boundary - DAY)
            self._cross(Judged(boundary - DAY, self.judged.week + 1))
        self._fire(max(through, self.judged.through))

    def _cross(self, judged: Judged) -> None:
        self.judged = judged
        fits = tuple(fit for fit in self.future.fits if fit.week <= judged.week)
        self.rules = replace(self.rules, schedule=Schedule(fits))
        mornings = dues(list(self.buyers.values()), judged, self.rules)
        assert mornings == [due(buyer, judged, self.rules) for buyer in self.buyers.values()]
        self.waiting = {customer: on for customer, on in zip(self.buyers, mornings, strict=True) if on}

    def _fire(self, through: date) -> None:
        while ripe := sorted((on, customer) for customer, on in self.waiting.items() if on <= through):
            on, customer = ripe[0]
            turn = judge(self.buyers[customer], customer, on, self.rules)
            assert turn[1], f"{customer} was due on {on} and had nothing to say"
            assert judge(turn[0], customer, on, self.rules)[1] == (), "said twice"
            self._keep(customer, *turn, Judged(on, self.judged.week))
        self.judged = self.judged._replace(through=through)

    def _keep(self, customer: str, buyer: Buyer, changes: object, judged: Judged) -> None:
        self.buyers[customer] = buyer
        for change in changes:  # type: ignore[attr-defined]
            self._tell(customer, change)
        self.waiting.pop(customer, None)
        if on := due(buyer, judged, self.rules):
            self.waiting[customer] = on

    def _tell(self, customer: str, change: Change) -> None:
        told = self.told.setdefault(customer, {})
        match change:
            case Raised(alert):
                assert alert.id not in told, "raised twice"
                told[alert.id] = Told(alert.raised_on, False)
            case Resolved(id, _):
                assert not told[id].resolved, "resolved twice"
                told[id] = replace(told[id], resolved=True)
            case _:
                del told[change.alert_id]
                self.withdrawals += 1

    def agrees_with_assess(self) -> None:
        """What was told is what follows, and who waits is who would speak."""
        for customer, days in self.timeline.items():
            follows = assess(customer, days, self.rules, self.judged.through)
            expected = {alert.id: Told(alert.raised_on, alert.resolved_on is not None) for alert in follows}
            assert self.told.get(customer, {}) == expected
            standing = [alert.id for alert in follows if alert.resolved_on is None]
            assert ([self.buyers[customer].alert] if standing else []) == standing
