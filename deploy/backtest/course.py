"""What is to be judged by what: the log's own time, rhythm and labels, and what the options say of them."""

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from deploy.backtest.policies import Chosen
from deploy.backtest.reading import Reading
from deploy.errors import Trouble
from deploy.purchases.moments import Reader, Untimed, zone
from services.insight.backtest.judging.judgement import Ground, Window
from services.insight.backtest.judging.labels import USUAL, Label, Unlabelled, What, label
from services.insight.backtest.judging.rhythm import rhythm
from services.insight.backtest.log.history import CANCELLED, KINDS, PAID, History, moment
from services.insight.backtest.log.outcome import outcome
from services.insight.backtest.log.seen import Seen, seen
from services.insight.backtest.replay.alerts import Alert
from services.insight.backtest.replay.walked import Snapshot
from services.insight.backtest.report.report import Case
from services.insight.risk.calendar import Calendar

HELD_TO: dict[str, What] = {
    "silence": "no purchase",
    "unusual_gap": "no purchase",
    "use_in_decline": "use falls by half",
    "payment_failing": "cancelled",
}
"""What a rule says will come, where no other label is asked for; others are held to the log's own."""


@dataclass(frozen=True, slots=True)
class Course:
    """From `since` up to `end` the log tells; `at` is the morning of the snapshot, if any can be judged."""

    history: History
    seen: Seen
    ground: Ground
    since: datetime
    end: datetime
    at: datetime | None
    label: Label
    labels: Mapping[str, Label]
    agents: int
    processes: int
    dask: str | None

    @property
    def calendar(self) -> Calendar:
        return self.seen.calendar

    @property
    def weeks(self) -> int:
        """The last week whose boundary lies in the log."""
        return self.calendar.week_of(self.end)

    def case(self, alerts: Sequence[Alert], snapshot: Snapshot | None) -> Case:
        """What was said within the window, to be judged."""
        window = self.ground.window
        told = [each for each in alerts if window.since <= each.at.timestamp() <= window.until]
        return Case(self.ground, told, snapshot, self.at, self.label, self.labels, self.agents)

    def about(self, reading: Reading, rules: Sequence[Chosen]) -> dict[str, object]:
        """What was read, and how it is judged."""
        kinds = {kind.type: int((self.history.kinds == n).sum()) for n, kind in enumerate(KINDS)}
        return {
            "log": {
                "from": self.since.isoformat(),
                "until": self.end.isoformat(),
                "zone": self.calendar.zone,
                "customers": len(self.history.customers),
                "events": {kind: count for kind, count in kinds.items() if count},
                "refused": reading.refusals,
                "notes": list(reading.notes),
            },
            "window": {
                "from": moment(self.ground.window.since * 1_000_000).isoformat(),
                "to": moment(self.ground.window.until * 1_000_000).isoformat(),
            },
            "policies": [
                {
                    "rule": each.rule.name,
                    "version": each.policy.version,
                    "settings": _plain(each.policy.settings),
                }
                for each in rules
            ],
        }


def _plain(settings: object) -> object:
    return settings._asdict() if hasattr(settings, "_asdict") else {}


def course(args: argparse.Namespace, history: History, rules: Sequence[Chosen]) -> Course:
    """Trouble for a date outside of the log, or a label that is none."""
    zone(args.zone)
    first = min(int(history.times[start]) for start in history.starts[:-1])
    calendar = Calendar(Calendar(0, args.zone).day(moment(first)), args.zone)
    last = moment(int(history.times.max()))
    since, end = calendar.morning(calendar.origin), calendar.morning(calendar.day(last) + 1)
    if args.until:
        end = _date(args.until, "--until", args.zone, last, datetime.max.replace(tzinfo=UTC))
    known = seen(history, calendar)
    usual = _usual(args, history, known)
    begin = _date(args.since, "--from", args.zone, since, end) if args.since else since
    until = _date(args.to, "--to", args.zone, begin, end) if args.to else end
    window = Window(
        int(begin.timestamp()), int(until.timestamp()), calendar.day(begin), calendar.day(until)
    )  # fmt: skip
    ground = Ground(outcome(history, int(end.timestamp())), calendar, window, known.bought, known.buyers)
    labels = {each.rule.name: _label_of(each.rule.name, args, usual, rhythm(known.bought)) for each in rules}
    at = _snapshot(args, calendar, since, end, max(each.weeks for each in (usual, *labels.values())))
    return Course(
        history, known, ground, since, end, at, usual, labels, args.agents,
        args.processes or os.cpu_count() or 1, args.dask
    )  # fmt: skip


def _usual(args: argparse.Namespace, history: History, known: Seen) -> Label:
    """As it was said; else by what the log tells of: cancellations, purchases, or use."""
    weeks = rhythm(known.bought)
    try:
        if args.label:
            return label(args.label, weeks)
    except Unlabelled as error:
        raise Trouble(f"--label {error}") from None
    if history.has(CANCELLED):
        return label("cancelled", weeks)
    return label("no purchase" if history.has(PAID) else "use falls by half", weeks)


def _label_of(rule: str, args: argparse.Namespace, usual: Label, weeks: int) -> Label:
    if args.label or rule not in HELD_TO:
        return usual
    what = HELD_TO[rule]
    return Label(what, USUAL[what] or weeks)


def _snapshot(
    args: argparse.Namespace, calendar: Calendar, since: datetime, end: datetime, weeks: int
) -> datetime | None:
    if args.at:
        return _date(args.at, "--at", args.zone, since + timedelta(days=1), end)
    day = calendar.day(end) - 7 * weeks
    week = calendar.week(day)
    return calendar.boundary(week) if week >= 8 else None


def _date(text: str, option: str, place: str, first: datetime, last: datetime) -> datetime:
    """A morning, or any moment, of the log. Trouble outside of it."""
    reader = Reader(datetime.max.replace(tzinfo=UTC), zone=zone(place))
    try:
        found = reader.read(text)
    except Untimed as error:
        raise Trouble(f"{option}: {error}") from None
    if not first <= found <= last:
        raise Trouble(f"{option} {text} lies outside of the log, {first:%Y-%m-%d} to {last:%Y-%m-%d}")
    return found
