"""Figures as people say them."""

from collections.abc import Iterator, Mapping
from typing import Any

NONE = "—"
Found = Mapping[str, Any]


def number(value: int) -> str:
    return f"{value:,}"


def part(value: float | None) -> str:
    """.65"""
    return NONE if value is None else f"{value:.3f}"


def between(share: Found) -> str:
    """.654 (.640 to .668): nineteen times of twenty the truth lies there."""
    if share["value"] is None:
        return NONE
    return f"{share['value']:.3f} ({share['low']:.2f}-{share['high']:.2f})"


def plain(value: float | None) -> str:
    """Whole days; tenths of a few."""
    return NONE if value is None else f"{value:,.0f}" if value >= 10 else f"{value:,.1f}"


def earlier(each: Found) -> str:
    """Beside the best number of days, chosen in hindsight at equal precision."""
    lead = each["lead"]
    if lead["ours"]["precision"] is None:
        return NONE
    fixed, won = lead["best_fixed_days"], lead["days_earlier"]
    if fixed is None:
        return "no number of days is right as often"
    if not won:
        return f"{fixed['number']:.0f} days: told of none"
    return f"{_won(won['median'])} (mean: {_won(won['mean'])}) than {fixed['number']:.0f} days"


def _won(days: float) -> str:
    if abs(days) < 0.5:
        return "as early"
    unit = "day" if round(abs(days)) == 1 else "days"
    return f"{abs(days):.0f} {unit} {'earlier' if days > 0 else 'later'}"


def headline(found: Found) -> Iterator[str]:
    """What the log is, and whether it would have told in time, in sentences."""
    log, window = found["log"], found["window"]
    events = ", ".join(f"{count:,} {kind}" for kind, count in log["events"].items())
    span = f"{log['from'][:10]} to {log['until'][:10]}"
    yield f"{log['customers']:,} customers, {span}: {events}"
    if (window["from"], window["to"]) != (log["from"], log["until"]):
        yield f"judged from {window['from'][:10]} to {window['to'][:10]}"
    if not found["judged"]:
        yield "This log is too short or too small to judge the alerts by:"
        for each in found["lacking"]:
            yield f"  it has {each['has']}; it takes {each['wanted']}"
        return
    yield verdict(found)


def verdict(found: Found) -> str:
    """One sentence."""
    whole = found["alert"]
    precision, ours = whole["precision"]["value"], whole["lead"]["ours"]
    if precision is None:
        return "No alert is old enough to tell whether it was right."
    told = f"Of ten alerts {10 * precision:.1f} were right ({whole['label']})"
    if ours["recall"] is None:
        return f"{told}; the log holds nothing that could have been told of."
    return f"{told}; {ours['recall']:.0%} of what there was to tell was told; {_beside(whole)}."


def _beside(whole: Found) -> str:
    fixed, won = whole["lead"]["best_fixed_days"], whole["lead"]["days_earlier"]
    if fixed is None:
        return "no fixed number of days is right as often"
    if not won:
        return f"the best fixed rule ({fixed['number']:.0f} days) tells of nothing"
    return (
        f"beside the best fixed rule ({fixed['number']:.0f} days): {_won(won['median'])} in the median,"
        f" {_won(won['mean'])} in the mean"
    )


def settings_in_words(found: Found) -> Iterator[str]:
    """Of each rule, what its policy sets."""
    for each in found["policies"]:
        said = ", ".join(f"{name} {value}" for name, value in each["settings"].items())
        yield f"{each['rule']}: {said}" if said else f"{each['rule']}: as it comes"
