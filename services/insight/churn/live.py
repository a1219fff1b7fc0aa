"""A customer carried forward one purchase and one morning at a time: always where `assess` would be.

Purchases may arrive in any order as long as none is late (`is_late`): days that the clock has not reached
wait in `ahead`, so the timeline need not be read. A late one does: see `revise`. The caller, per partition:

1. a purchase: `hear`, then keep `due` beside the customer;
2. the clock moves on within its week: in order of the dues up to it, `judge` the customer on that morning and
   keep the next `due` (asked with that morning as `through`); at last `through` is the clock's own morning;
3. the clock reaches a boundary: 2 up to the morning before; the week's fit enters the schedule; with that
   morning as `through` and the new `week`, keep `dues` of all; then 2.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from services.insight.churn.assess import raised
from services.insight.churn.buyer import Buyer, Judged, Raised, Turn, is_late, returned, settled
from services.insight.churn.deadlines import crossing, crossings
from services.insight.churn.rules import Rules
from services.insight.churn.silence import Silence, silences
from services.insight.churn.weeks import DAY


def hear(buyer: Buyer, days: Iterable[date], judged: Judged) -> Turn:
    """Purchase days of one customer, in any order. ValueError when one is late: `revise` then."""
    buyer = settled(buyer, judged.through)
    last = buyer.silence.last if buyer.silence else None
    new = {day for day in days if day != last}
    if late := [day for day in new if is_late(day, judged)]:
        raise ValueError(
            f"a purchase on {min(late)} is late, judged through {judged.through}: revise the customer"
        )
    return returned(Buyer(buyer.silence, buyer.raised, buyer.alert, tuple(sorted(new.union(buyer.ahead)))))


def judge(buyer: Buyer, customer: str, on: date, rules: Rules) -> Turn:
    """The judgement of one morning, all before it being done: an alert, or nothing (so it may come twice).

    When the return is already known, the alert is raised and resolved: arrival order must not decide.
    """
    buyer, by = settled(buyer, on - DAY), rules.schedule.at(rules.weeks.week_of(on))
    silence = buyer.silence
    if buyer.raised or silence is None or by is None:
        return buyer, ()
    if crossing(by.parameters, silence, rules.policy, on, on + DAY) is None:
        return buyer, ()
    alert = raised(customer, silence, on, next(iter(buyer.ahead), None), rules, by)
    buyer, changes = returned(buyer._replace(raised=True, alert=alert.id))
    return buyer, (Raised(alert), *changes)


def due(buyer: Buyer, judged: Judged, rules: Rules) -> date | None:
    """The next morning on which `judge` would raise, within the week judged; None when it will not."""
    by = rules.schedule.at(judged.week)
    if by is None:
        return None
    start, end = judged.through + DAY, rules.weeks.boundary(judged.week + 1)
    coming = (
        crossing(by.parameters, silence, rules.policy, start, min(end, back + DAY) if back else end)
        for silence, back in _unraised(settled(buyer, judged.through))
    )
    return next((morning for morning in coming if morning), None)


def dues(buyers: Sequence[Buyer], judged: Judged, rules: Rules) -> list[date | None]:
    """`due` of each, for a whole partition at a boundary."""
    by = rules.schedule.at(judged.week)
    if by is None:
        return [None] * len(buyers)
    there = [settled(buyer, judged.through) for buyer in buyers]
    found = [due(buyer, judged, rules) if buyer.ahead else None for buyer in there]
    alone = {n: b.silence for n, b in enumerate(there) if b.silence and not (b.raised or b.ahead)}
    start, end = judged.through + DAY, rules.weeks.boundary(judged.week + 1)
    mornings = crossings(by.parameters, list(alone.values()), rules.policy, start, end)
    for place, morning in zip(alone, mornings, strict=True):
        found[place] = morning
    return found


def _unraised(buyer: Buyer) -> Iterator[tuple[Silence, date | None]]:
    open_ones = silences(buyer.ahead, buyer.silence)
    if buyer.raised:
        next(open_ones)
    return open_ones
