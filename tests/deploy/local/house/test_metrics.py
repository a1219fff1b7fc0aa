from deploy.local.house.metrics import summed

TEXT = """\
# HELP evergreen_dead_letters_total Records kept.
# TYPE evergreen_dead_letters_total counter
evergreen_dead_letters_total{topic="signals"} 3.0
evergreen_dead_letters_total{topic="insight"} 2.0
evergreen_relay_depth 0.0
evergreen_lag_seconds NaN
evergreen_batch_seconds_bucket{le="+Inf"} 7.0
"""


def test_a_metric_is_summed_over_its_labels_and_one_without_a_number_is_absent() -> None:
    found = summed(TEXT)
    assert found["evergreen_dead_letters_total"] == 5
    assert found["evergreen_relay_depth"] == 0
    assert "evergreen_lag_seconds" not in found
