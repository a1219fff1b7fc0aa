from datetime import timedelta
from typing import Any

from bench.figures import Run
from bench.load.sizes import ORIGIN
from bench.measuring.silence import told
from bench.report import UNITS, page, report

MACHINE = {
    "processor": "a processor", "cores": 2, "memory_gigabytes": 4.0, "system": "Linux", "python": "3.11",
    "kafka": "4.3.0", "postgresql": "18", "fsync": "on", "load_average_1_minute": 0.1,
}  # fmt: skip
MORNING = ORIGIN + timedelta(days=100)
WHAT = {"insight": "the insight path", "raw": "the raw limit"}


def run(events: int, seconds: float) -> Run:
    return Run(events, 0.0, 0.0, seconds, 1.0, 0.0, 1_000_000)


def a_report(**changes: Any) -> dict[str, Any]:
    runs = {"insight": [run(60_000, 6)], "raw": [run(60_000, 2)]}
    latency = {
        "published_events_per_second": 4_000.0,
        "returns": 9,
        "resolved": 9,
        "milliseconds": {"p50": 20.0, "p99": 90.0, "max": 99.0},
    }
    latency |= changes
    return report(MACHINE, runs, WHAT, latency, told([(MORNING, 0.2), (MORNING, 0.3)]))


def test_every_kind_of_figure_has_its_unit() -> None:
    found = a_report()
    for each in found["contenders"].values():
        assert set(each) - {"what"} <= set(UNITS)
    assert {key for key in found["latency"] if key in UNITS} == {"milliseconds", "returns"}
    assert {key for key in found["silence"] if key in UNITS} == {"seconds", "seconds_after_a_refit", "nights"}


def test_a_bar_that_was_missed_is_named_and_printed() -> None:
    found = a_report(milliseconds={"p50": 20.0, "p99": 900.0, "max": 900.0})
    assert found["missed"] == ["latency p99 at half load"]
    assert "MISS  latency p99 at half load" in page(found)


def test_an_alert_that_never_came_misses_a_bar() -> None:
    assert a_report(resolved=8)["missed"] == ["returns resolved"]


def test_a_silence_alert_a_moment_too_late_is_not_in_time() -> None:
    assert told([(MORNING, delay) for delay in (0.1, 1.0, 1.001)])["in_time"] == 2


def test_mornings_that_waited_for_a_refit_are_told_apart() -> None:
    found = told([(MORNING, 0.1), (ORIGIN + timedelta(weeks=15), 0.7)])
    assert (found["alerts"], found["nights"], found["alerts_after_a_refit"]) == (2, 2, 1)
    assert found["seconds_after_a_refit"]["max"] == 0.7


def test_what_was_not_measured_is_left_out() -> None:
    found = report(MACHINE, {"raw": [run(1, 1)]}, WHAT, None, None)
    assert (found["bars"], found["missed"]) == ([], [])
    assert "the raw limit" in page(found)
