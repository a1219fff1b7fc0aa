from datetime import UTC, datetime

import pytest

from deploy.errors import Trouble
from deploy.purchases.moments import Reader, Untimed, zone

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_time_without_a_zone_is_utc() -> None:
    assert Reader(NOW).read("2024-03-01 12:30") == datetime(2024, 3, 1, 12, 30, tzinfo=UTC)


def test_a_time_without_a_zone_is_of_the_zone_that_was_named_and_becomes_utc() -> None:
    berlin = Reader(NOW, zone=zone("Europe/Berlin"))
    assert berlin.read("2024-07-01") == datetime(2024, 6, 30, 22, tzinfo=UTC)
    assert berlin.read("2024-07-01").tzinfo is UTC


def test_a_zone_in_the_text_wins_over_the_zone_that_was_named() -> None:
    assert Reader(NOW, zone=zone("Europe/Berlin")).read("2024-07-01T00:00:00Z").hour == 0


@pytest.mark.parametrize(
    ("format", "text"), [("%d/%m/%Y", "02/03/2024"), ("epoch", "1709337600"), ("epoch-ms", "1709337600000")]
)
def test_other_forms_are_read_when_named(format: str, text: str) -> None:
    assert Reader(NOW, format).read(text) == datetime(2024, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize("text", ["02/03/2024", "yesterday", "", "2024-13-01", "9999-12-31", "1979-12-31"])
def test_what_is_no_trustworthy_time_is_refused(text: str) -> None:
    with pytest.raises(Untimed):
        Reader(NOW).read(text)


def test_a_purchase_in_the_future_is_refused() -> None:
    with pytest.raises(Untimed, match="future"):
        Reader(NOW).read("2026-01-01T00:00:01")


def test_an_unknown_zone_is_trouble_with_an_example() -> None:
    with pytest.raises(Trouble, match="Europe/Berlin"):
        zone("Mars/Olympus")
