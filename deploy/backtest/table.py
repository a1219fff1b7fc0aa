"""What a backtest found, for the terminal."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.backtest.words import between, earlier, headline, number, part, plain, settings_in_words

SHOWN = 10
Found = Mapping[str, Any]


def tell(console: Console, found: Found, files: Sequence[Path]) -> None:
    """Print all of it."""
    for line in headline(found):
        console.print(line, soft_wrap=True, style="bold" if line.endswith(":") else "")
    console.print()
    console.print(_worth(found))
    if found["judged"]:
        console.print()
        console.print(_ranking(found))
    for table in _more(found):
        console.print()
        console.print(table)
    console.print()
    console.print(_recent(found))
    for path in files:
        console.print(f"  {path}", style="dim", soft_wrap=True)


def _sheet(title: str, left: Sequence[str], right: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for name in left:
        table.add_column(name, overflow="fold")
    for name in right:
        table.add_column(name, justify="right")
    return table


def rules(found: Found) -> Iterator[tuple[str, Found]]:
    """The alert as a whole, where there are several rules, then each rule that said anything."""
    if len(found["rules"]) > 1:
        yield "all together", found["alert"]
    for name, each in found["rules"].items():
        if each["raised"] or each["ranking"]:
            yield name, each


def _worth(found: Found) -> Table:
    names = ("raised", "right", "wrong", "open", "precision", "told of", "days", "beside the best fixed rule")
    table = _sheet("Alerts", ("", "right means"), names)
    for name, each in rules(found):
        counts = [number(each[key]) for key in ("raised", "right", "wrong", "open")]
        if found["judged"]:
            lead = each["lead"]
            told = [
                between(each["precision"]),
                part(lead["ours"]["recall"]),
                plain(lead["ours"]["median_days"]),
            ]
            table.add_row(name, each["label"], *counts, *told, earlier(each))
        else:
            table.add_row(name, each["label"], *counts, "—", "—", "—", "—")
    return table


def _ranking(found: Found) -> Table:
    at = (found["at"] or "")[:10]
    table = _sheet(
        f"Ranked on {at}, and what came after" if at else "Nobody could be ranked: no morning is old enough",
        ("",), ("customers", "came true", "AUC", "bought again", "top tenth right"),
    )  # fmt: skip
    for name, each in rules(found):
        if ranked := each["ranking"]:
            table.add_row(
                name, number(ranked["auc"]["of"]), part(ranked["base"]["value"]), between(ranked["auc"]),
                between(ranked["auc_bought_again"]), between(ranked["top_tenth"]),
            )  # fmt: skip
    return table


def _more(found: Found) -> Iterator[Table]:
    load = found["load"]
    agents = f", {load['a_week_and_agent']:g} for each of {load['agents']}" if load["agents"] > 1 else ""
    table = _sheet("Load", ("", ""), ())
    table.add_row("alerts a week", f"{load['a_week']:g}{agents}; {load['busiest_week']} in the busiest")
    table.add_row("standing at the end", number(load["standing_at_end"]))
    for line in settings_in_words(found):
        table.add_row("", line)
    yield table
    if found["judged"] and found["calibration"]:
        table = _sheet(
            "Chances stated, and what came",
            (
                "rule",
                "customers with",
            ),
            ("alerts", "stated", "came"),
        )
        for row in found["calibration"]:
            actual = row["actual"]
            table.add_row(
                row["rule"], row["class"], number(actual["of"]), part(row["stated"]), between(actual),
                style="" if row["says"] else "dim",
            )  # fmt: skip
        yield table
    if found["judged"]:
        table = _sheet("First reason", ("",), ("right", "wrong", "open"))
        for row in found["wrong_by_reason"]:
            table.add_row(row["rule"], *(number(row[key]) for key in ("right", "wrong", "open")))
        yield table
    if "against" in found:
        yield _against(found["against"])


def _against(two: Found) -> Table:
    table = _sheet(f"Against {two['name']}", ("",), ("alerts", "precision", "told of", "median days"))
    for name in ("old", "new"):
        each = two[name]
        ours = each["lead"]["ours"]
        table.add_row(
            name, number(each["raised"]), between(each["precision"]), part(ours["recall"]),
            plain(ours["median_days"]),
        )  # fmt: skip
    moves = ", ".join(
        f"{two[key]:,} {key.replace('_', ' ')}" for key in ("sooner", "later", "only_old", "only_new")
    )
    table.caption = f"{two['same']:,} the same, {moves}"
    table.caption_justify = "left"
    return table


def _recent(found: Found) -> Table | Text:
    rows = found["alerts"]
    if not rows:
        return Text("Nobody would have been alerted.")
    table = _sheet(f"The last of {len(rows):,} alerts", ("when", "customer", "why", "what became of it"), ())
    for row in rows[-SHOWN:]:
        chance = f" ({row['chance']:.0%})" if row["chance"] else ""
        table.add_row(row["at"][:10], Text(row["customer"]), f"{row['words']}{chance}", row["then"])
    return table
