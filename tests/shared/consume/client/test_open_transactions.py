"""A transaction is said when it stands open, not where many follow one another."""

from shared.consume.client.open_transactions import PATIENCE, Behind, OpenTransactions

PLACE = ("signals", 3)


def test_one_that_stands_open_is_said_until_it_ends() -> None:
    transactions = OpenTransactions()
    assert transactions.problem({PLACE: Behind(7, 9)}, 0.0) is None
    assert "signals, partition 3: 5 records from offset 7 on" in str(
        transactions.problem({PLACE: Behind(7, 12)}, PATIENCE)
    )
    assert transactions.problem({}, PATIENCE + 1) is None
    assert transactions.problem({PLACE: Behind(7, 12)}, PATIENCE + 2) is None


def test_of_many_that_follow_one_another_nothing_is_said() -> None:
    transactions = OpenTransactions()
    for number in range(10):
        now = number * PATIENCE / 2
        assert transactions.problem({PLACE: Behind(number, number + 5)}, now) is None
