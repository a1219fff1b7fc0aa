"""The summary for people: a compact table, and the ten most valuable customers who have gone quiet."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import shorten
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.demo.report.gone_quiet import Quiet

SHOWN = 10
FIGURES, LEAST = 76, 40
"""Columns that the figures take, and those that a reason needs beside them."""


def tell(console: Console, summary: Mapping[str, Any], quiet: Sequence[Quiet], files: Sequence[Path]) -> None:
    """Print all of it."""
    console.print(_figures(summary))
    console.print()
    room = console.width - FIGURES
    console.print(_quiet(quiet, room) if quiet else Text("No customer is about to leave."))
    for path in files:
        console.print(f"  {path}", style="dim", soft_wrap=True, highlight=False)


def _figures(s: Mapping[str, Any]) -> Table:
    table = Table(
        title=f"{s['from'][:10]} to {s['until'][:10]}", title_justify="left", show_header=False, box=None
    )
    table.add_column(style="dim")
    table.add_column()
    for name, text in _rows(s):
        table.add_row(name, text)
    return table


def _rows(s: Mapping[str, Any]) -> list[tuple[str, str]]:
    took = s["signal_to_alert_ms"]
    return [
        ("heard", f"{s['signals_published']:,} purchases of {s['customers']:,} customers{_spoilt(s)}"),
        ("decided", " · ".join(f"{stage} {count:,}" for stage, count in s["facts"].items())),
        ("alerts", _alerts(s)),
        ("their worth", _worth(s)),
        ("model", _model(s["model_last"])),
        ("speed", f"{s['events_per_second']:,.0f} events a second, as paced · signal to alert{_ms(took)}"),
        ("proof", f"standing alerts sha256 {s['standing_alerts_sha256'][:16]}…"),
    ]


def _alerts(s: Mapping[str, Any]) -> str:
    fates = ("raised", "resolved", "withdrawn", "standing")
    return " · ".join(f"{s[f'alerts_{fate}']:,} {fate}" for fate in fates)


def _spoilt(s: Mapping[str, Any]) -> str:
    parts = {
        "rows refused": "rows_refused",
        "duplicates": "duplicates_published",
        "dead letters": "dead_letters",
    }
    return "".join(f" · {s[field]:,} {name}" for name, field in parts.items() if s[field])


def _worth(s: Mapping[str, Any]) -> str:
    if s["precision"] is None:
        return f"not yet to be said: it takes silences of {s['framed_until']} or before, 39 weeks old"
    return (
        f"precision {s['precision']:.3f} · recall {_ratio(s['recall'])} · median delay"
        f" {s['median_delay_days'] or 0:.0f} days (silences that began by {s['framed_until']})"
    )


def _model(last: Mapping[str, Any] | None) -> str:
    """What judges silence now, or why nothing does."""
    if last is None or not last["parameters"]:
        return "none yet: too few customers, or too few weeks, to learn from"
    return f"silence judged by {last['params_version']}, learnt anew every week"


def _ratio(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"


def _ms(took: Mapping[str, float | None]) -> str:
    return f" p50 {took['p50']:,.0f} ms, p99 {took['p99']:,.0f} ms" if took["p50"] is not None else " —"


def _quiet(quiet: Sequence[Quiet], room: int) -> Table:
    """With why, where there is room for it."""
    table = Table(
        title=f"About to leave, or gone: {len(quiet):,} customers, the most valuable first",
        title_justify="left",
        box=None,
    )
    for name in ("customer", "last purchase"):
        table.add_column(name)
    for name in ("silent for", "orders", "spent", "likely gone"):
        table.add_column(name, justify="right")
    if room >= LEAST:
        table.add_column("why")
    for one in quiet[:SHOWN]:
        silent = f"{one.silent_days:,} days"
        chance = "—" if one.chance is None else f"{one.chance:.0%}"
        row: list[Text | str] = [
            Text(one.name),
            str(one.last_purchase),
            silent,
            f"{one.orders:,}",
            one.spent_text,
            chance,
        ]
        why = shorten("; ".join(one.reasons), room, placeholder=" …") if room >= LEAST else ""
        table.add_row(*row, *([Text(why)] if why else []))
    return table
