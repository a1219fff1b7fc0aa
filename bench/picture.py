"""The speeds as bars, longest at the top."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

OURS, THEIRS = "#1b7f4d", "#9aa5a0"


def draw(contenders: Mapping[str, Mapping[str, Any]], path: Path) -> None:
    """Events a second on a logarithmic scale: the median, and a line from the slowest to the fastest run."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    order = sorted(contenders.items(), key=lambda item: item[1]["events_per_second"]["median"])
    figure, axes = plt.subplots(figsize=(10, 0.7 * len(order) + 1.2), layout="constrained")
    for place, (key, each) in enumerate(order):
        speed = each["events_per_second"]
        axes.barh(place, speed["median"], color=OURS if key in ("stage", "insight") else THEIRS)
        axes.plot((speed["min"], speed["max"]), (place, place), color="black", linewidth=1)
        axes.annotate(f" {speed['median']:,.0f}", (speed["max"], place), va="center")
    axes.set_yticks(range(len(order)), [each["what"] for _, each in order])
    axes.set_xscale("log")
    axes.margins(x=0.15)
    axes.set_xlabel("events a second (median; the line spans the slowest and the fastest run)")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=120)
    plt.close(figure)
