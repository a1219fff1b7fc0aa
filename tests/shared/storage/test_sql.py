"""Rows go to the server in portions."""

from shared.storage.sql import portions


def test_a_portion_ends_once_its_bytes_come_to_so_many() -> None:
    rows = [(1, b"12"), (2, "34"), (3, None), (4, b"123456"), (5, b""), (6, b"1")]
    assert list(portions(rows, 4)) == [rows[:2], rows[2:4], rows[4:]]
    assert list(portions([], 4)) == []
