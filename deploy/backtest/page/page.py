"""The page: what the alerts would have been worth, for who looks after customers."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from deploy.backtest.page import pictures
from deploy.backtest.page.rows import alerts, load, policies, ranking, two_policies, worth
from deploy.backtest.page.style import STYLE
from deploy.backtest.words import headline, number, part, plain, verdict

Found = Mapping[str, Any]


def page(found: Found) -> str:
    """One HTML document: no script, nothing fetched, the same for the same log."""
    title = "Would it have told you in time?"
    body = "\n".join(_body(found, title))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><style>{STYLE}</style></head>'
        f"<body><main>\n{body}\n</main></body></html>\n"
    )


def _body(found: Found, title: str) -> Iterator[str]:
    lines = list(headline(found))
    yield f'<h1>{title}</h1><p class="quiet">{escape(lines[0])}</p>'
    if found["judged"]:
        yield f'<p class="lead">{escape(verdict(found))}</p>'
        yield _figures(found)
    else:
        yield '<div class="notice"><b>This log is too short or too small to judge the alerts by.</b><ul>'
        for each in found["lacking"]:
            yield f"<li>It has {escape(each['has'])}; it takes {escape(each['wanted'])}.</li>"
        yield "</ul>Below is who would have been alerted; what these alerts are worth cannot be said.</div>"
    yield from _pictures(found)
    yield from _tables(found)
    yield (
        "<footer>Everything is judged by what was known at the time: what the rules had learnt from the weeks"
        " before, and nothing later. Intervals hold the truth nineteen times of twenty. The best fixed rules"
        " were chosen in hindsight, on this very log.</footer>"
    )


def _figures(found: Found) -> str:
    whole = found["alert"]
    ours, won, fixed = whole["lead"]["ours"], whole["lead"]["days_earlier"], whole["lead"]["best_fixed_days"]
    precision, cancelled = whole["precision"], whole["lead"]["of"].endswith("cancellation")
    shown = [
        (
            part(precision["value"]),
            (
                f"of the alerts were right ({precision['low'] or 0:.2f} to {precision['high'] or 0:.2f}):"
                f" {whole['label']}"
            ),
        ),
        (f"{ours['recall'] or 0:.0%}", "of what there was to tell of was told"),
        (
            f"{plain(ours['median_days'])} days",
            (
                f"{'before the cancellation' if cancelled else 'until told'}, in the median;"
                f" {plain(ours['mean_days'])} in the mean"
            ),
        ),
        (
            f"{found['load']['a_week']:g}",
            f"alerts a week, {number(found['load']['busiest_week'])} in the busiest",
        ),
    ]
    if won and "median" in won:
        days = won["median"]
        shown.insert(
            3,
            (
                f"{abs(days):.0f} days {'earlier' if days >= 0 else 'later'}",
                f"than the best fixed rule, {fixed['number']:.0f} days, that is right as often",
            ),
        )
    cards = "".join(f'<div class="figure"><b>{a}</b><span>{escape(b)}</span></div>' for a, b in shown)
    return f'<div class="figures">{cards}</div>'


WEEKS = "Green alerts were right, red ones wrong; of pale ones nobody can tell yet."
SOON = (
    "Of the customers who stayed away, how many had been told of by each day: these alerts (green), the best"
    " fixed rule that is right as often (amber), the best multiple of the own gap (dotted)."
)
RIGHT = "Every fixed number of days (amber) and these alerts (green): up is more often right, left is sooner."
SURE = (
    "The chance that was stated when the alert was raised, and what came, by how often the customer had"
    " bought. On the dotted line it was kept; pale classes are too small to tell."
)
LIST = (
    "Everybody ranked on that morning: how many at the top did leave after it. The dotted line is a list in"
    " no order."
)


def _pictures(found: Found) -> Iterator[str]:
    if not found["alerts"]:
        yield "<p>Nobody would have been alerted.</p>"
        return
    yield _headed("Week by week", WEEKS, pictures.by_week(found))
    if not found["judged"]:
        return
    whole = found["alert"]
    yield '<div class="two">'
    if curve := whole["curve"]:
        fixed, ours = whole["lead"]["best_fixed_days"], whole["lead"]["ours"]
        yield _headed("How soon", SOON, pictures.how_soon(curve, fixed))
        if ours["median_days"] is not None:
            drawn = pictures.soon_or_right(curve, ours, found.get("thresholds", ()))
            yield _headed("Sooner, or more often right", RIGHT, drawn)
    if found["calibration"]:
        yield _headed("How sure", SURE, pictures.stated_and_came(found["calibration"]))
    if ranked := whole["ranking"]:
        yield _headed(f"Down the list of {found['at'][:10]}", LIST, pictures.down_the_list(ranked))
    if found["wrong_by_reason"]:
        yield _headed("Right and wrong by reason", "", pictures.by_reason(found["wrong_by_reason"]))
    yield "</div>"


def _headed(title: str, below: str, drawn: str) -> str:
    said = f'<p class="quiet">{below}</p>' if below else ""
    return f"<section><h2>{escape(title)}</h2>{said}{drawn}</section>"


def _tables(found: Found) -> Iterator[str]:
    yield _headed("Rule by rule", "", worth(found))
    if found["judged"] and (table := ranking(found)):
        yield _headed(f"Ranked on {found['at'][:10]}", "", table)
    yield _headed("To look after", "", load(found))
    if "against" in found:
        yield _headed(f"Beside {found['against']['name']}", "", two_policies(found["against"]))
    if found["alerts"]:
        yield _headed("Who would have been alerted", "", alerts(found))
    yield _headed("Judged under", "", policies(found))
