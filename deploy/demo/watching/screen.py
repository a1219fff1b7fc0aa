"""What goes on while it runs: a live picture on a terminal, a line now and then elsewhere."""

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from deploy.demo.watching.gauges import Reading
from deploy.playing.player import Played
from deploy.purchases.purchase import Log

LINE_EVERY = 2.0
BAR = 30
STAGES = ("lead", "qualified lead", "user", "customer", "regular")


@dataclass
class Screen:
    """A context. `played` and `reading` are set by others; `show()` draws what they say now."""

    log: Log
    console: Console = field(default_factory=Console)
    played: Played = field(default_factory=Played)
    reading: Reading = field(default_factory=Reading)
    note: str = ""
    _stack: ExitStack = field(default_factory=ExitStack)
    _live: Live | None = None
    _said_at: float = 0.0

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self._live = self._stack.enter_context(
                Live(console=self.console, refresh_per_second=8, transient=True)
            )
        return self

    def __exit__(self, kind: type[BaseException] | None, _: object, __: TracebackType | None) -> None:
        self._stack.close()

    def show(self) -> None:
        """Draw, or say a line when the last is long enough ago."""
        if self._live is not None:
            self._live.update(self._picture())
        elif time.monotonic() - self._said_at > LINE_EVERY:
            self._said_at = time.monotonic()
            self.console.print(self._line(), highlight=False, soft_wrap=True)

    def say(self, text: str) -> None:
        """A line that stays."""
        self.console.print(text, highlight=False)

    def _rate(self) -> float:
        seconds = time.time() - self.played.began if self.played.began else 0.0
        return (
            (self.played.signals + self.played.duplicates + self.reading.stored) / seconds
            if seconds > 0.2
            else 0.0
        )

    def _line(self) -> str:
        played, reading = self.played, self.reading
        raised, resolved = reading.alerts("raised"), reading.alerts("resolved")
        parts = (
            f"{_day(played.moment)}  {played.signals:,} of {len(self.log.purchases):,} purchases played",
            f"judged to {_day(reading.reached)}",
            f"lag {reading.lag:,}",
            f"{raised:,} alerts raised, {resolved:,} resolved",
            f"{self._rate():,.0f} events/s",
            self.note,
        )
        return " · ".join(part for part in parts if part)

    def _picture(self) -> RenderableType:
        return Group(self._progress(), Text(), self._tables(), Text(self.note, style="yellow"))

    def _progress(self) -> RenderableType:
        grid = Table.grid(padding=(0, 2))
        for name, moment in (("played", self.played.moment), ("judged", self.reading.reached)):
            share = (moment - self.log.opens) / (self.log.end - self.log.opens) if moment else 0.0
            bar = ProgressBar(total=1, completed=max(0.0, share), width=2 * BAR, complete_style="green")
            grid.add_row(Text(name, style="dim"), Text(_day(moment), style="bold"), bar)
        return grid

    def _tables(self) -> RenderableType:
        grid = Table.grid(padding=(0, 6))
        grid.add_row(self._stages(), self._alerts(), self._flow())
        return grid

    def _stages(self) -> Table:
        table = _table("customers")
        most = max(self.reading.stages.values(), default=1)
        for stage in STAGES:
            count = self.reading.stages.get(stage, 0)
            table.add_row(stage, f"{count:,}", Text("█" * round(count / most * 16), style="green"))
        return table

    def _alerts(self) -> Table:
        table, reading = _table("silence alerts"), self.reading
        raised, resolved, withdrawn = (reading.alerts(what) for what in ("raised", "resolved", "withdrawn"))
        rows = {
            "raised": raised,
            "resolved": resolved,
            "withdrawn": withdrawn,
            "standing": raised - resolved - withdrawn,
        }
        for name, count in rows.items():
            table.add_row(name, f"{count:,}", "")
        return table

    def _flow(self) -> Table:
        table = _table("flow")
        table.add_row("events a second", f"{self._rate():,.0f}", "")
        table.add_row("records waiting", f"{self.reading.lag:,}", "")
        table.add_row("behind, event time", _behind(self.played.moment, self.reading.reached), "")
        table.add_row("dead letters", f"{self.reading.dead_letters:,}", "")
        return table


def _table(title: str) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", show_header=False, box=None, pad_edge=False
    )
    table.add_column(style="dim")
    table.add_column(justify="right")
    table.add_column()
    return table


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "—"


def _behind(played: datetime | None, judged: datetime | None) -> str:
    if played is None or judged is None:
        return "—"
    return f"{max(0.0, (played - judged).total_seconds() / 86_400):,.1f} days"
