"""How far a service is behind, from offsets read at slightly different moments."""

from deploy.local.house.lag import behind

STARTS = {("signals", 0): 0, ("signals", 1): 5, ("insight", 0): 0}


def test_what_was_taken_is_not_behind_and_other_topics_do_not_count() -> None:
    ends = {("signals", 0): 10, ("signals", 1): 9, ("insight", 0): 100}
    assert behind({"signals"}, STARTS, ends, {("signals", 0): 7}) == 3 + 4


def test_what_was_taken_since_the_ends_were_read_hides_nothing_elsewhere() -> None:
    ends = {("signals", 0): 10, ("signals", 1): 9}
    assert behind({"signals"}, STARTS, ends, {("signals", 0): 12, ("signals", 1): 7}) == 2
