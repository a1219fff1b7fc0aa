import pytest

from bench.figures import Run, judge, percentiles, ratios, spread, standing


def run(events: int, seconds: float, cpu: float = 1.0, memory: int = 50_000_000) -> Run:
    return Run(events, 990.0, 1_000.0, 1_000.0 + seconds, cpu, 2.0, memory)


def test_a_ratio_is_of_medians_so_that_one_slow_run_does_not_decide() -> None:
    runs = {
        "stage": [run(100, 1), run(100, 2), run(100, 50)],
        "sourced": [run(100, 20), run(100, 50), run(100, 1)],
    }
    (bar,) = ratios(runs)
    assert (bar["name"], bar["measured"], bar["passed"]) == ("stage / sourced", 10.0, False)


def test_a_peer_given_fewer_events_is_compared_by_its_speed() -> None:
    (bar,) = ratios({"insight": [run(60_000, 6)], "one_by_one": [run(3_000, 4)]})
    assert bar["measured"] == pytest.approx(10_000 / 750, abs=0.001)
    assert bar["passed"] is True


def test_who_did_not_run_is_in_no_ratio() -> None:
    assert ratios({"insight": [run(1, 1)], "raw": []}) == []


def test_start_up_is_told_beside_the_speed_and_is_in_no_ratio() -> None:
    told = standing([run(100, 10, cpu=1.0)])
    assert told["events_per_second"] == spread([10.0])
    assert told["events_per_second_from_start"] == spread([5.0])
    assert told["cpu_seconds_per_million_events_from_start"] == spread([30_000.0])


def test_cpu_is_told_for_a_million_events_whatever_was_run() -> None:
    told = standing([run(3_000, 4, cpu=2.4)])
    assert told["cpu_seconds_per_million_events"] == spread([800.0])
    assert told["peak_memory_megabytes"] == spread([50.0])


def test_a_bar_that_is_just_reached_is_passed_from_either_side() -> None:
    assert judge("latency", 500.0, 500.0, "ms", at_most=True)["passed"] is True
    assert judge("latency", 500.1, 500.0, "ms", at_most=True)["passed"] is False
    assert judge("ratio", 0.7, 0.7, "times")["passed"] is True
    assert judge("ratio", 0.69, 0.7, "times")["passed"] is False


def test_percentiles_of_a_hundred_are_their_fiftieth_and_last() -> None:
    told = percentiles([float(value) for value in range(101)])
    assert told == {"p50": 50.0, "p99": 99.0, "max": 100.0}
    assert percentiles([7.0]) == {"p50": 7.0, "p99": 7.0, "max": 7.0}
