"""The report: one dictionary for programs, one page for people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench.figures import LATENCY_BAR_MS, SILENCE_BAR_S, Run, judge, ratios, standing

UNITS = {
    "events": "events (CloudEvents of about 300 bytes) in one run",
    "runs": "runs, alternating with those of the others",
    "events_per_second": "events a second, from the first record in hand to the last durable and published",
    "events_per_second_from_start": "events a second, from the start of the process to the last durable",
    "cpu_seconds_per_million_events_from_start": "the same, with all that start-up took",
    "cpu_seconds_per_million_events": "CPU seconds, user and system, of the process and its children",
    "peak_memory_megabytes": "resident megabytes (10^6 bytes) of the process and its children, at the most",
    "milliseconds": "from the call that publishes a return to the broker's time of the resolved alert",
    "seconds": "from a deadline to the broker's time of its alert",
    "seconds_after_a_refit": "the same, of deadlines on mornings that waited for the weekly refit",
    "returns": "customers under alert who bought again",
    "nights": "mornings that brought alerts",
    "bars": "ratios are of medians of events_per_second",
}

HEADINGS = (
    f"{'':<60}{'events/s':>9}  {'(min-max)':<15}"
    f"{'CPU s/million':>14}{'peak MB':>9}{'events':>8}{'from start':>12}"
)


def bars(
    runs: Mapping[str, Sequence[Run]], latency: Mapping[str, Any] | None, silence: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    """Every bar for which there is a figure."""
    found = ratios(runs)
    if latency:
        p99 = latency["milliseconds"]["p99"]
        found.append(judge("latency p99 at half load", p99, LATENCY_BAR_MS, "ms", at_most=True))
        found.append(judge("returns resolved", latency["resolved"], latency["returns"], "alerts"))
    if silence:
        slowest = silence["seconds"]["max"]
        found.append(judge("silence alert after its deadline", slowest, SILENCE_BAR_S, "s", at_most=True))
        found.append(judge("silence alerts in time", silence["in_time"], silence["alerts"], "alerts"))
    return found


def report(
    machine: Mapping[str, Any],
    runs: Mapping[str, Sequence[Run]],
    what: Mapping[str, str],
    latency: Mapping[str, Any] | None,
    silence: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """All figures; `missed` names the bars that were."""
    judged = bars(runs, latency, silence)
    return {
        "machine": machine,
        "contenders": {key: {"what": what[key], **standing(each)} for key, each in runs.items() if each},
        "latency": latency,
        "silence": silence,
        "bars": judged,
        "missed": [bar["name"] for bar in judged if not bar["passed"]],
        "units": UNITS,
    }


def page(report: Mapping[str, Any]) -> str:
    """The same as a table; medians, with the smallest and largest beside the speed."""
    lines = [
        "{processor}, {cores} cores, {memory_gigabytes} GB, {system}".format(**report["machine"]),
        "Python {python}, Kafka {kafka}, PostgreSQL {postgresql}, fsync {fsync}".format(**report["machine"]),
        "load average before: {load_average_1_minute}".format(**report["machine"]),
        "",
        HEADINGS,
        *(_row(each) for each in report["contenders"].values()),
        "",
        *_delays(report),
        *(_bar(bar) for bar in report["bars"]),
    ]
    return "\n".join(lines)


def _delays(report: Mapping[str, Any]) -> Iterator[str]:
    if busy := report["latency"]:
        yield (
            "latency at {published_events_per_second:,.0f} events/s, {resolved:,} alerts: "
            "p50 {milliseconds[p50]:.0f} ms, p99 {milliseconds[p99]:.0f} ms"
        ).format(**busy)
    if quiet := report["silence"]:
        yield (
            "silence, {alerts:,} alerts in {nights} nights ({alerts_after_a_refit:,} after a refit): "
            "p50 {seconds[p50]:.2f} s, p99 {seconds[p99]:.2f} s, slowest {seconds[max]:.2f} s"
        ).format(**quiet)


def _row(each: Mapping[str, Any]) -> str:
    speed = each["events_per_second"]
    span = f"({speed['min']:,.0f}-{speed['max']:,.0f})"
    cpu, memory = each["cpu_seconds_per_million_events"]["median"], each["peak_memory_megabytes"]["median"]
    cost = f"{cpu:>14,.0f}{memory:>9,.0f}{each['events']:>8,}"
    cost += f"{each['events_per_second_from_start']['median']:>12,.0f}"
    return f"{each['what']:<60}{speed['median']:>9,.0f}  {span:<15}{cost}"


def _bar(bar: Mapping[str, Any]) -> str:
    verdict = "pass" if bar["passed"] else "MISS"
    return f"{verdict}  {bar['name']:<40}{bar['measured']:>10,.2f} {bar['unit']:<7} bar {bar['bar']}"
