"""The look that all pictures share."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, QUIET, GRID = "#22302a", "#7d8a83", "#e6ebe8"
GREEN, AMBER, BLUE = "#2f7d5b", "#d9822b", "#3b6ea5"
STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "text.color": INK,
    "axes.edgecolor": GRID,
    "axes.labelcolor": QUIET,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": GRID,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "ytick.major.size": 0,
    "xtick.major.size": 3,
}


def sheet(rows: int, height: float, ratios: list[float] | None = None) -> tuple["Figure", list["Axes"]]:
    """A figure of so many rows over one time axis."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    with mpl.rc_context(STYLE):  # type: ignore[arg-type]
        figure, axes = plt.subplots(
            rows, 1, sharex=True, squeeze=False, figsize=(11, height), dpi=150,
            gridspec_kw={"height_ratios": ratios or [1.0] * rows, "hspace": 0.28},
        )  # fmt: skip
    return figure, list(axes[:, 0])


def headline(figure: "Figure", title: str, below: str) -> None:
    """What the picture says, and under it what is drawn."""
    figure.subplots_adjust(left=0.07, right=0.97, top=0.83, bottom=0.08)
    figure.text(0.07, 0.945, title, fontsize=16, fontweight="bold", color=INK, va="center")
    figure.text(0.07, 0.895, below, fontsize=10.5, color=QUIET, va="center")


def save(figure: "Figure", path: Path) -> Path:
    """Write it and let go of it."""
    from matplotlib import pyplot as plt

    figure.savefig(path, facecolor="white")
    plt.close(figure)
    return path


def moments(*each: datetime) -> list[float]:
    """As matplotlib counts them: in days."""
    from matplotlib.dates import date2num

    return [float(date2num(moment)) for moment in each]  # type: ignore[no-untyped-call]


def dates(axes: "Axes") -> None:
    """A time axis with as few words as will do."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=5, maxticks=10)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
