"""journey.png: one customer's purchases, how likely they stayed away, and the alert that came of it."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deploy.demo.report.alerts import Alert
from deploy.demo.report.pictures import AMBER, BLUE, GREEN, INK, dates, headline, moments, save, sheet
from deploy.demo.report.silences import Days, days_bought, framed_until
from deploy.purchases.purchase import DAY, Log

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Likely = Callable[[datetime, Sequence[date]], float | None]
"""How likely who has bought on these days stays away, on a morning after; or nothing has judged yet."""
SEVERAL = 4
ROOM = 90
"""Days of the time axis that a date beside a point takes."""
Appeal = tuple[bool, bool, bool, int, str]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A customer worth drawing, with the days bought and every alert not withdrawn, in order of time."""

    customer: str
    days: Sequence[date]
    alerts: Sequence[Alert]


def choose(log: Log, alerts: Sequence[Alert]) -> Chosen | None:
    """Several purchases and a true alert, best with a return after an earlier one; None without any alert."""
    days = days_bought(log.purchases)
    told: dict[str, list[Alert]] = {}
    for alert in sorted(alerts, key=lambda one: one.raised_at):
        if alert.state != "withdrawn" and alert.customer in days:
            told.setdefault(alert.customer, []).append(alert)
    best = max(told, key=lambda customer: _appeal(customer, days, told, log.end), default=None)
    return Chosen(best, days[best], told[best]) if best is not None else None


def _appeal(customer: str, days: Days, told: Mapping[str, Sequence[Alert]], end: datetime) -> Appeal:
    each, alerts = days[customer], told[customer]
    true = alerts[-1].state == "standing" and each[-1] <= framed_until(end)
    # Few alerts and a handful of purchases over many months read at a glance; a hundred do not.
    handful = SEVERAL <= len(each) <= 2 * SEVERAL
    room = min((each[-1] - each[0]).days, (end - alerts[-1].raised_at).days)
    return true, len(alerts) == 2, handful, room, customer


def curve(days: Sequence[date], end: datetime, likely: Likely) -> list[tuple[datetime, float | None]]:
    """On every morning from the first purchase to the end, by the days bought before it."""
    first, points = _start(days[0]), []
    for number in range(1, (end - first) // DAY + 1):
        morning = first + DAY * number
        points.append((morning, likely(morning, days[: bisect_left(days, morning.date())])))
    return points


def journey_picture(path: Path, log: Log, chosen: Chosen, likely: Likely) -> Path:
    """Draw and write it."""
    figure, (above, below) = sheet(2, 6.2, [0.45, 2])
    _purchases(above, chosen)
    below.set_xlim(*moments(_start(chosen.days[0]) - DAY * 10, log.end + DAY * 4))
    _suspicion(below, curve(chosen.days, log.end, likely), chosen)
    dates(below)
    name = log.names.get(chosen.customer, chosen.customer)
    headline(figure, _title(chosen, log.end), f"Customer {name}: {_story(chosen, log.end)}")
    return save(figure, path)


def _purchases(axes: "Axes", chosen: Chosen) -> None:
    starts = moments(*map(_start, chosen.days))
    axes.vlines(starts, 0, 1, color=GREEN, linewidth=2.4)
    axes.set_title("days with a purchase", loc="left", fontsize=11, fontweight="bold", color=GREEN, pad=4)
    axes.set_yticks([])
    axes.set_ylim(0, 1)


def _suspicion(axes: "Axes", points: Sequence[tuple[datetime, float | None]], chosen: Chosen) -> None:
    shares = [float("nan") if share is None else share for _, share in points]
    axes.plot(moments(*(moment for moment, _ in points)), shares, color=INK, linewidth=1.8)
    title = "how likely the customer stays away, judged every morning by what the log had taught so far"
    axes.set_title(title, loc="left", fontsize=11, fontweight="bold", color=INK)
    axes.set_ylim(0, 1)
    for alert in chosen.alerts:
        _mark(
            axes, alert, next((share for moment, share in points if moment >= alert.raised_at and share), 0.5)
        )


def _mark(axes: "Axes", alert: Alert, height: float) -> None:
    """The alert where it was raised, and how it ended."""
    (raised,) = moments(alert.raised_at)
    axes.plot([raised], [height], "o", color=AMBER, markersize=9, zorder=5)
    has_room = axes.get_xlim()[1] - raised > ROOM
    _word(
        axes, f"alert, {alert.raised_at:%d %b %Y}", (raised, height), AMBER, (9, -17) if has_room else (-8, 9)
    )
    if alert.state == "resolved" and alert.ended_at is not None:
        (back,) = moments(alert.ended_at)
        axes.axvline(back, color=BLUE, linewidth=1.2, linestyle=(0, (1, 2)))
        _word(axes, "came back", (back, 0.02), BLUE, (8, 9))


def _word(axes: "Axes", text: str, at: tuple[float, float], colour: str, off: tuple[int, int]) -> None:
    """Beside a point, `off` by so many points of type."""
    side = "left" if off[0] > 0 else "right"
    back = {"facecolor": "white", "edgecolor": "none", "pad": 1.5, "alpha": 0.85}
    font: dict[str, Any] = {"color": colour, "fontweight": "bold", "ha": side}
    axes.annotate(text, at, off, textcoords="offset points", bbox=back, **font)


def _title(chosen: Chosen, end: datetime) -> str:
    last, alert = chosen.days[-1], chosen.alerts[-1]
    if alert.state == "resolved":
        return "An alert, and a return: this silence ended"
    ahead = (end - alert.raised_at) // DAY
    after = (alert.raised_at.date() - last).days
    return f"The alert came {after} days after the last purchase, {ahead} days before the log ends"


def _story(chosen: Chosen, end: datetime) -> str:
    returned = sum(alert.state == "resolved" for alert in chosen.alerts)
    back = f" Came back after {returned} earlier alert{'s' * (returned > 1)}." if returned else ""
    last = f"the last on {chosen.days[-1]:%d %b %Y}"
    return f"{len(chosen.days)} days with a purchase, {last}; log to {end:%d %b %Y}.{back}"


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
