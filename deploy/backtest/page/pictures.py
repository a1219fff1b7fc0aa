"""The pictures: alerts by week, how soon, how often right, how sure, and for what reason."""

from collections.abc import Mapping, Sequence
from typing import Any

from deploy.backtest.page.drawing import Drawing, shares, steps

Found = Mapping[str, Any]
FATES = (("right", "green"), ("wrong", "red"), ("no habit", "pale"), ("open", "pale"))


def by_week(found: Found) -> str:
    """A bar a week: right, wrong, and what cannot be told yet."""
    weeks = found["weeks"]
    top = max((sum(week[name] for name, _ in FATES) for week in weeks), default=0)
    picture = Drawing(len(weeks), top or 1, "Alerts by week", width=1060, height=230)
    picture.rows((value, f"{value:,.0f}") for value in steps(top))
    each = max(1, len(weeks) // 9)
    picture.columns((n + 0.5, week["week"][:7]) for n, week in enumerate(weeks) if n % each == 0)
    for n, week in enumerate(weeks):
        low = 0.0
        for name, kind in FATES:
            picture.bar(n + 0.1, n + 0.9, low, low + week[name], kind)
            low += week[name]
    return picture.svg()


def how_soon(curve: Found, fixed: Found | None) -> str:
    """Of those who stayed away, the part that had been told of, day by day."""
    days, ours = curve["days"], curve["ours"]
    last = _until(days, ours, fixed)
    shown = [n for n, day in enumerate(days) if day <= last]
    picture = Drawing(last, 1, "How soon those who stayed away were told of")
    shares(picture)
    picture.columns((value, f"{value:.0f}") for value in steps(last, 6))
    picture.below("days since the last purchase")
    if curve["gaps"]:
        picture.line([(days[n], curve["gaps"][n]) for n in shown], "squiet")
    if fixed:
        at = fixed["number"]
        part = fixed["recall"] or 0.0
        picture.line([(0, 0), (at, 0), (at, part), (last, part)], "samber")
        picture.text((picture.x(at) + 6, picture.y(0.06)), f"{at:.0f} days", "start", "tamber")
    picture.line([(days[n], ours[n]) for n in shown], "sgreen")
    return picture.svg()


def _until(days: Sequence[int], ours: Sequence[float], fixed: Found | None) -> float:
    """As far as something happens."""
    reached = next((day for day, part in zip(days, ours, strict=True) if part >= 0.98 * max(ours)), days[-1])
    return float(max(30, 1.15 * reached, 1.25 * fixed["number"] if fixed else 0))


def soon_or_right(curve: Found, ours: Found, tried: Sequence[Found]) -> str:
    """Rules of one number of days, and the alerts among them: sooner is left, more often right is up."""
    fixed = [each for each in curve["fixed"] if each[0] <= 2.2 * max(ours["median_days"], 30)]
    last = max([each[0] for each in fixed], default=60)
    picture = Drawing(float(last), 1, "Sooner, or more often right")
    shares(picture)
    picture.columns((value, f"{value:.0f}") for value in steps(last, 6))
    picture.below("days until told, in the median")
    picture.line([(each[0], each[1]) for each in fixed], "samber")
    inside = [each for each in tried if each["median_days"] is not None and each["median_days"] <= last]
    picture.line(sorted((each["median_days"], each["precision"]) for each in inside), "sgreen")
    picture.dot((ours["median_days"], ours["precision"]), "green", 6)
    return picture.svg()


def stated_and_came(rows: Sequence[Found]) -> str:
    """A dot a class of customer: on the line what was stated came."""
    picture = Drawing(1, 1, "Chances stated, and what came")
    shares(picture)
    picture.columns((part / 100, f"{part}%") for part in (0, 25, 50, 75, 100))
    picture.below("stated")
    picture.line([(0, 0), (1, 1)], "squiet")
    for row in rows:
        actual = row["actual"]
        kind = "blue" if row["says"] else "pale"
        picture.whisker(row["stated"], actual["low"], actual["high"], "sblue" if row["says"] else "squiet")
        picture.dot((row["stated"], actual["value"]), kind, 5)
        at = picture.x(row["stated"]) + 9, picture.y(actual["value"]) + 4
        picture.text(at, row["class"], "start", "name" if row["says"] else "")
    return picture.svg()


def down_the_list(ranked: Found) -> str:
    """Precision by recall, from the top of the list down; the dotted line is a list in no order."""
    picture = Drawing(1, 1, "Down the list")
    shares(picture)
    picture.columns((part / 100, f"{part}%") for part in (0, 25, 50, 75, 100))
    picture.below("of those it came true of, the part reached")
    base = ranked["base"]["value"]
    picture.line([(0, base), (1, base)], "squiet")
    picture.line([(recall, precision) for recall, precision, _ in ranked["curve"]], "sblue")
    return picture.svg()


def by_reason(rows: Sequence[Found]) -> str:
    """A bar a reason: how many of its alerts were right, wrong, or are open."""
    height = 34.0 * len(rows) + 16
    top = max(sum(row[name] for name, _ in FATES) for row in rows)
    picture = Drawing(top, len(rows), "Right and wrong by first reason", height=height, left_room=150, foot=2)
    for n, row in enumerate(rows):
        level, left = len(rows) - n - 0.5, 0.0
        picture.text(
            (picture.left_room - 8, picture.y(level) + 4), row["rule"].replace("_", " "), "end", "name"
        )
        for name, kind in FATES:
            picture.bar(left, left + row[name], level - 0.3, level + 0.3, kind if row[name] else "")
            left += row[name]
    return picture.svg()
