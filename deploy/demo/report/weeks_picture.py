"""weeks.png: purchases, alerts and returns, week by week."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.demo.report.alerts import Alert
from deploy.demo.report.pictures import AMBER, BLUE, GREEN, QUIET, dates, headline, moments, save, sheet
from deploy.purchases.purchase import Log

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WEEK = timedelta(weeks=1)


def weekly(happened: Iterable[datetime], origin: datetime, end: datetime) -> list[int]:
    """How many fall into each week begun from the origin to the end; an end on a boundary begins none."""
    counted = Counter(min((moment - origin) // WEEK, _weeks(origin, end) - 1) for moment in happened)
    return [counted[week] for week in range(_weeks(origin, end))]


def _weeks(origin: datetime, end: datetime) -> int:
    return max(1, -((origin - end) // WEEK))


def weeks_picture(path: Path, log: Log, alerts: Sequence[Alert]) -> Path:
    """Draw and write it."""
    origin, end = log.opens, log.end
    bought = weekly((purchase.time for purchase in log.purchases), origin, end)
    raised = weekly((alert.raised_at for alert in alerts), origin, end)
    back = weekly((a.ended_at for a in alerts if a.state == "resolved" and a.ended_at), origin, end)
    figure, (above, middle, below) = sheet(3, 7.2, [1.5, 1, 1])
    starts = [origin + WEEK * week for week in range(len(bought))]
    _bars(above, starts, bought, GREEN, "purchases")
    _bars(middle, starts, raised, AMBER, "silence alerts raised")
    _bars(below, starts, back, BLUE, "returns after an alert (each resolves one)")
    below.set_xlim(*moments(origin - WEEK / 4, end + WEEK / 4))
    dates(below)
    standing = sum(alert.state == "standing" for alert in alerts)
    headline(
        figure,
        f"{len(alerts):,} silences noticed; {sum(back):,} ended by a return, {standing:,} last to the end",
        f"A bar is a week. {log.customers:,} customers, {origin:%d %b %Y} to {end:%d %b %Y}.",
    )
    return save(figure, path)


def _bars(axes: "Axes", starts: Sequence[datetime], counts: Sequence[int], colour: str, name: str) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.bar(moments(*(start + WEEK / 2 for start in starts)), counts, width=5.6, color=colour, linewidth=0)
    axes.set_title(f"{name}  ", loc="left", fontsize=11, color=colour, fontweight="bold", pad=4)
    axes.set_title(f"{sum(counts):,} in all", loc="right", fontsize=10, color=QUIET, pad=4)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.set_ylim(bottom=0)
