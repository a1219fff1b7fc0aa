"""From runs to figures: medians, ratios and bars. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

MILLION = 1_000_000


@dataclass(frozen=True)
class Run:
    """One drain. Moments in seconds since the epoch: the process was `started`, had its `first` record in
    hand, had the `last` one durable. CPU seconds from `first` to `last` and of all before; bytes at most."""

    events: int
    started: float
    first: float
    last: float
    cpu: float
    cpu_before: float
    peak_bytes: int

    @property
    def per_second(self) -> float:
        return self.events / (self.last - self.first)

    @property
    def per_second_from_start(self) -> float:
        return self.events / (self.last - self.started)

    @property
    def cpu_per_million(self) -> float:
        return self.cpu / self.events * MILLION

    @property
    def cpu_per_million_from_start(self) -> float:
        return (self.cpu + self.cpu_before) / self.events * MILLION


@dataclass(frozen=True)
class Bar:
    """`ours` over `theirs`, in events a second, is to be `times` at least."""

    ours: str
    theirs: str
    times: float

    @property
    def name(self) -> str:
        return f"{self.ours} / {self.theirs}"


BARS = (
    Bar("stage", "sourced", 20.0),
    Bar("insight", "one_by_one", 10.0),
    Bar("insight", "raw", 0.3),
    Bar("insight", "quix", 0.7),
)
LATENCY_BAR_MS = 500.0
SILENCE_BAR_S = 1.0


def speed(runs: Sequence[Run]) -> float:
    """Events a second, the median."""
    return median(run.per_second for run in runs)


def spread(values: Sequence[float]) -> dict[str, float]:
    """Smallest, middle and largest."""
    return {"min": round(min(values), 1), "median": round(median(values), 1), "max": round(max(values), 1)}


def standing(runs: Sequence[Run]) -> dict[str, object]:
    """All that is said of one contender."""
    return {
        "events": runs[0].events,
        "runs": len(runs),
        "events_per_second": spread([run.per_second for run in runs]),
        "cpu_seconds_per_million_events": spread([run.cpu_per_million for run in runs]),
        "events_per_second_from_start": spread([run.per_second_from_start for run in runs]),
        "cpu_seconds_per_million_events_from_start": spread([run.cpu_per_million_from_start for run in runs]),
        "peak_memory_megabytes": spread([run.peak_bytes / MILLION for run in runs]),
    }


def judge(name: str, measured: float, bar: float, unit: str, *, at_most: bool = False) -> dict[str, object]:
    """A figure beside its bar."""
    passed = measured <= bar if at_most else measured >= bar
    sign = "<=" if at_most else ">="
    return {
        "name": name,
        "measured": round(measured, 3),
        "bar": f"{sign} {bar:g}",
        "unit": unit,
        "passed": passed,
    }


def ratios(runs: Mapping[str, Sequence[Run]]) -> list[dict[str, object]]:
    """Ratios of medians of events a second, for those of which both sides ran."""
    return [
        judge(bar.name, speed(runs[bar.ours]) / speed(runs[bar.theirs]), bar.times, "times")
        for bar in BARS
        if runs.get(bar.ours) and runs.get(bar.theirs)
    ]


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """p50, p99 and the largest; of one value, that value."""
    cuts = quantiles(values, n=100, method="inclusive") if len(values) > 1 else [values[0]] * 99
    return {"p50": round(cuts[49], 3), "p99": round(cuts[98], 3), "max": round(max(values), 3)}
