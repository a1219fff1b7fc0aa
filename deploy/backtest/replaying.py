"""Learning and walking side by side: fits of each policy first, then everybody under them, part by part."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from deploy.backtest.course import Course
from deploy.backtest.policies import Chosen
from deploy.backtest.work import Mapped, over_dask, over_processes
from services.insight.backtest.log.history import History
from services.insight.backtest.log.seen import Seen
from services.insight.backtest.replay.fits import adopted
from services.insight.backtest.replay.walked import Judged, Walked, joined, walked
from services.insight.risk.fitting import Policy
from services.insight.risk.rules import RULES
from services.insight.risk.standards import InForce

Show = Callable[[str, int, int], None]
ROWS = 100_000
"""Of a part at most: what is walked at once is held as events."""


class Fit(NamedTuple):
    seen: Seen
    rule: str
    policy: Policy
    last: int


class Walk(NamedTuple):
    part: History
    judged: Judged
    since: datetime
    until: datetime
    at: datetime | None
    old: Judged | None


def replayed(plan: Course, rules: Sequence[Chosen], old: Sequence[Chosen], show: Show) -> Walked:
    """Everybody, under what each rule had learnt by then, and under the old policies if there are any."""
    with _workers(plan) as mapped:
        return _replayed(plan, rules, old, show, mapped)


@contextmanager
def _workers(plan: Course) -> Iterator[Mapped]:
    if plan.dask is None:
        yield over_processes(plan.processes)
        return
    with over_dask(plan.dask) as mapped:
        yield mapped


def _replayed(
    plan: Course, rules: Sequence[Chosen], old: Sequence[Chosen], show: Show, mapped: Mapped
) -> Walked:
    fits = list(dict.fromkeys((each.rule.name, each.policy) for each in (*rules, *old)))
    in_force = {}
    jobs = [Fit(plan.seen, *each, plan.weeks) for each in fits]
    for each, made in zip(fits, mapped(_fit, jobs), strict=True):
        in_force[each] = made
        show("learning week by week", len(in_force), len(fits))
    now, before = (
        Judged(plan.calendar, tuple((e.rule.name, in_force[e.rule.name, e.policy]) for e in which))
        for which in (rules, old)
    )
    rows = min(ROWS, max(2_000, len(plan.history.times) // (2 * plan.processes)))
    walks = [
        Walk(part, now, plan.since, plan.end, plan.at, before if old else None)
        for part in plan.history.parts(rows)
    ]
    done: list[Walked] = []
    for walk in mapped(_walk, walks):
        done.append(walk)
        show("walking everybody", len(done), len(walks))
    return joined(done)


def _fit(job: Fit) -> tuple[InForce, ...]:
    rule = next(each for each in RULES if each.name == job.rule)
    return adopted(job.seen, rule, job.policy, job.last).in_force


def _walk(job: Walk) -> Walked:
    return walked(*job)
