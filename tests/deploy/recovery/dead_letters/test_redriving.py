"""Which letters are meant, who hears them again, and what is said of it."""

import argparse
from collections import Counter
from datetime import UTC, datetime

import pytest

from deploy.evergreen import parser
from deploy.recovery.dead_letters.letters import Letter, Place, database, listeners, place
from deploy.recovery.dead_letters.redriving import _read_by, _summed, told
from deploy.recovery.dead_letters.sending import Outcome

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def letter(for_all: bool, offset: int = 17) -> Letter:
    return Letter("signals", 3, offset, 1, for_all, "ZeroDivisionError: no channel left", NOON)


def test_a_place_is_written_as_tail_shows_it() -> None:
    assert place("signals") == Place("signals")
    assert place("signals/3") == Place("signals", 3)
    assert place(letter(False).place) == Place("signals", 3, 17)
    for bad in ("", "signals/x", "signals@3", "signals/3@"):
        with pytest.raises(argparse.ArgumentTypeError, match="signals/3@4711"):
            place(bad)


def test_a_database_is_named_with_its_service() -> None:
    assert database("insight=postgresql://a=b") == ("insight", "postgresql://a=b")
    with pytest.raises(argparse.ArgumentTypeError, match="SERVICE=URL"):
        database("postgresql://")


def test_what_one_service_failed_at_is_for_it_alone_and_what_nobody_could_read_for_all() -> None:
    read_by = _read_by()
    assert listeners(letter(False), "conversion", read_by) == ["conversion"]
    assert listeners(letter(True), "acquisition", read_by) == ["conversion", "insight", "acquisition"]


def test_a_sum_says_what_became_of_each_and_what_to_do_about_what_waits() -> None:
    found: Counter[Outcome] = Counter(
        {
            ("insight", "applied", None): 8,
            ("insight", "failed", "KeyError: 'x'\nlong"): 2,
            ("conversion", None, None): 1,
        }
    )
    assert told(11, found) == [
        "11 dead letters sent through again",
        "  conversion: 0 applied, 0 taken already, 0 failed again, 1 waiting",
        "    what waits is taken up as soon as conversion runs and is not held: evergreen status",
        "  insight: 8 applied, 0 taken already, 2 failed again, 0 waiting",
        "    2 failed: KeyError: 'x' long",
    ]


def test_a_list_counts_by_service_topic_and_reason() -> None:
    lines = _summed({"conversion": [letter(False, n) for n in range(12)], "insight": []})
    assert lines[1].split(maxsplit=3) == ["12", "conversion", "signals", "ZeroDivisionError: no channel left"]
    assert _summed({"insight": []}) == ["no dead letters are open"]


def test_the_command_knows_its_words() -> None:
    words = "redrive --place signals/3@17 --reason ^Zero --since 2026-03-01 --dry-run"
    arguments = parser(["redrive"]).parse_args(words.split())
    assert arguments.place == Place("signals", 3, 17)
    assert (arguments.since, arguments.dry_run, arguments.all) == (
        datetime(2026, 3, 1, tzinfo=UTC),
        True,
        False,
    )
