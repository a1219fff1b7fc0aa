"""The tables of the page."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from deploy.backtest.table import rules
from deploy.backtest.words import between, earlier, number, part, plain, settings_in_words

Found = Mapping[str, Any]
SHOWN, MOST = 40, 2_000
"""Alerts that are seen at once, and that the page holds at all; the JSON has every one."""


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: int = 0) -> str:
    """The last `numbers` columns are figures. Cells are HTML already."""
    first = len(heads) - numbers
    kinds = ["" if n < first else ' class="n"' for n in range(len(heads))]
    top = "".join(f"<th{kind}>{head}</th>" for head, kind in zip(heads, kinds, strict=True))
    body = "".join(
        f"<tr>{''.join(f'<td{kind}>{cell}</td>' for cell, kind in zip(row, kinds, strict=True))}</tr>"
        for row in rows
    )
    return f'<div class="scroll"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def worth(found: Found) -> str:
    heads = ("", "right means", "beside the best fixed rule", "raised", "right", "wrong", "open", "precision",
             "told of", "days")  # fmt: skip
    rows = []
    for name, each in rules(found):
        ours = each["lead"]["ours"]
        figures = [between(each["precision"]), part(ours["recall"]), plain(ours["median_days"])]
        rows.append(
            [
                escape(name.replace("_", " ")), each["label"], earlier(each) if found["judged"] else "",
                *(number(each[key]) for key in ("raised", "right", "wrong", "open")),
                *(figures if found["judged"] else ("—", "—", "—")),
            ]
        )  # fmt: skip
    return _table(heads, rows, 7)


def ranking(found: Found) -> str | None:
    rows = [
        [
            escape(name.replace("_", " ")), ranked["label"], number(ranked["auc"]["of"]),
            part(ranked["base"]["value"]), between(ranked["auc"]), between(ranked["auc_bought_again"]),
            between(ranked["top_tenth"]),
        ]
        for name, each in rules(found)
        if (ranked := each["ranking"])
    ]  # fmt: skip
    heads = ("", "came true", "customers", "of all", "AUC", "of those who bought again", "top tenth right")
    return _table(heads, rows, 5) if rows else None


def load(found: Found) -> str:
    told = found["load"]
    rows = [
        ["alerts a week", f"{told['a_week']:g}"],
        ["in the busiest week", number(told["busiest_week"])],
        [f"a week for each of {told['agents']}", f"{told['a_week_and_agent']:g}"],
        ["standing at the end", number(told["standing_at_end"])],
    ]
    return _table(("", ""), rows, 1)


def two_policies(two: Found) -> str:
    rows = []
    for name in ("old", "new"):
        ours = two[name]["lead"]["ours"]
        rows.append(
            [
                name, number(two[name]["raised"]), between(two[name]["precision"]), part(ours["recall"]),
                plain(ours["median_days"]),
            ]
        )  # fmt: skip
    moved = [
        [
            escape(row["customer"]), (row["old"] or "—")[:10], (row["new"] or "—")[:10],
            row["change"].replace("_", " "), _tag(row["became"]), escape(row["words"]),
        ]
        for row in two["customers"][:MOST]
    ]  # fmt: skip
    heads = ("customer", "old", "new", "change", "became", "why")
    both = _table(("", "alerts", "precision", "told of", "median days"), rows, 4)
    return both + _folded(f"{two['same']:,} alerts are the same; the others one by one", _table(heads, moved))


def alerts(found: Found) -> str:
    """The newest first."""
    rows = [
        [
            row["at"][:10], escape(row["customer"]),
            escape("; ".join(each["words"] for each in row["reasons"])),
            f"{row['chance']:.0%}" if row["chance"] else "", _tag(row["became"]), escape(row["then"]),
        ]
        for row in reversed(found["alerts"][-MOST:])
    ]  # fmt: skip
    heads = ("when", "customer", "why", "chance", "it was", "what became of it")
    more = len(found["alerts"]) - MOST
    note = f'<p class="quiet">{more:,} older ones are in the JSON.</p>' if more > 0 else ""
    rest = _folded(f"{len(rows) - SHOWN:,} more", _table(heads, rows[SHOWN:])) if len(rows) > SHOWN else ""
    return _table(heads, rows[:SHOWN]) + rest + note


def policies(found: Found) -> str:
    return "".join(f'<p class="quiet">{escape(line)}</p>' for line in settings_in_words(found))


def _folded(title: str, inside: str) -> str:
    return f"<details><summary>{escape(title)}</summary>{inside}</details>"


def _tag(became: str) -> str:
    return f'<span class="tag {became.split(maxsplit=1)[0]}">{became}</span>'
