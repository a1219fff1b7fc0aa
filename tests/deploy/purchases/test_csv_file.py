import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.errors import Trouble
from deploy.purchases.csv_file import Columns, Manner, csv_log
from deploy.purchases.moments import Reader
from deploy.purchases.purchase import Log

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PLAIN = Manner(Reader(NOW))


def read(path: Path, text: str, manner: Manner = PLAIN) -> Log:
    file = path / "orders.csv"
    file.write_text(text, newline="")
    return csv_log(file, manner)


def reasons(log: Log) -> dict[int, str]:
    return {refused.line: refused.reason for refused in log.refused}


def test_a_plain_file_is_read(tmp_path: Path) -> None:
    log = read(tmp_path, "customer,time,amount,currency\nC1,2024-03-01,12.50,EUR\nC2,2024-03-02,500,JPY\n")
    assert [(p.customer, p.amount, p.currency) for p in log.purchases] == [
        ("C1", 1250, "EUR"),
        ("C2", 500, "JPY"),
    ]
    assert (log.opens, log.end) == (datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 3, 3, tzinfo=UTC))
    assert not log.refused


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, mark: str) -> None:
    log = read(
        tmp_path, f"customer{mark}time{mark}amount{mark}currency\nC1{mark}2024-03-01{mark}1{mark}EUR\n"
    )
    assert log.purchases[0].amount == 100


def test_a_byte_order_mark_and_spreadsheet_line_ends_are_no_part_of_the_text(tmp_path: Path) -> None:
    log = read(tmp_path, "\ufeffCustomer , Time,Amount,Currency\r\nC1,2024-03-01,1,EUR\r\n")
    assert log.purchases[0].customer == "C1"


def test_columns_go_by_the_names_they_are_given(tmp_path: Path) -> None:
    manner = Manner(Reader(NOW), Columns("Kunde", "Datum", "Betrag", all_in="EUR"), decimal_comma=True)
    log = read(tmp_path, "Datum;Kunde;Betrag;Laden\n2024-03-01;K1;1.234,50;Bonn\n", manner)
    assert log.purchases[0].amount == 123450


def test_every_row_that_cannot_be_read_is_named_with_its_line_and_reason(tmp_path: Path) -> None:
    log = read(
        tmp_path,
        "customer,time,amount,currency\n"
        "C1,2024-03-01,1,EUR\n"
        "C2,01.03.2024,1,EUR\n"
        "\n"
        ",2024-03-01,1,EUR\n"
        "C3,2024-03-01,-5,EUR\n"
        "C4,2024-03-01,1,EUX\n"
        "C5,2024-03-01\n"
        f"{'C' * 129},2024-03-01,1,EUR\n",
    )
    assert len(log.purchases) == 1
    assert {line: reason.split()[0] for line, reason in reasons(log).items()} == {
        3: "time",
        5: "customer",
        6: "amount",
        7: "currency",
        8: "2",
        9: "customer",
    }


def test_a_field_over_several_lines_does_not_shift_the_lines_that_are_named(tmp_path: Path) -> None:
    log = read(tmp_path, 'customer,time,amount,currency\n"C\n1",2024-03-01,1,EUR\nC2,never,1,EUR\n')
    assert list(reasons(log)) == [4]


def test_bytes_of_another_encoding_cost_their_row_alone(tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    file.write_bytes(b"customer,time,amount,currency\nM\xfcller,2024-03-01,1,EUR\nC2,2024-03-01,1,EUR\n")
    log = csv_log(file, PLAIN)
    assert [p.customer for p in log.purchases] == ["C2"]
    assert "--encoding" in reasons(log)[2]
    assert csv_log(file, Manner(Reader(NOW), encoding="latin-1")).purchases[0].customer == "Müller"


def test_a_missing_column_is_trouble_that_names_what_there_is_and_the_option(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r"'customer' \(--customer-column\).*it has: client, time"):
        read(tmp_path, "client,time,amount,currency\nC1,2024-03-01,1,EUR\n")


@pytest.mark.parametrize(
    "text", ["", "\n", "customer,time,amount,currency\n", "customer,time,amount,currency\nC1,x,1,EUR\n"]
)
def test_a_file_without_one_readable_purchase_is_trouble(tmp_path: Path, text: str) -> None:
    with pytest.raises(Trouble):
        read(tmp_path, text)


def test_a_file_that_is_not_there_is_trouble(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="No such file"):
        csv_log(tmp_path / "none.csv", PLAIN)


def test_a_newer_export_gives_old_rows_their_old_ids_whatever_their_order(tmp_path: Path) -> None:
    header, rows = (
        "customer,time,amount,currency\n",
        ["C1,2024-03-01,1,EUR\n"] * 2 + ["C2,2024-03-01,1,EUR\n"],
    )
    old = {p.id for p in read(tmp_path, header + "".join(rows)).purchases}
    new = {p.id for p in read(tmp_path, header + "C9,2024-03-05,7,EUR\n" + "".join(reversed(rows))).purchases}
    assert len(old) == 3
    assert len(new - old) == 1
    assert old < new


def test_the_log_ends_now_when_the_midnight_after_its_last_purchase_is_yet_to_come(tmp_path: Path) -> None:
    log = read(tmp_path, "customer,time,amount,currency\nC1,2025-12-31T15:00,1,EUR\n")
    assert log.end == NOW
    noon = Manner(Reader(NOW - timedelta(hours=12)))
    assert (
        read(tmp_path, "customer,time,amount,currency\nC1,2025-12-31,1,EUR\n", noon).end == noon.reader.latest
    )


@pytest.mark.parametrize(
    ("until", "why"),
    [(datetime(2024, 3, 1, tzinfo=UTC), "not after"), (datetime(2027, 1, 1, tzinfo=UTC), "future")],
)
def test_an_end_before_the_last_purchase_or_in_the_future_is_trouble(
    tmp_path: Path, until: datetime, why: str
) -> None:
    with pytest.raises(Trouble, match=why):
        read(
            tmp_path, "customer,time,amount,currency\nC1,2024-03-01,1,EUR\n", Manner(Reader(NOW), until=until)
        )


def test_addresses_as_customer_ids_are_warned_of_and_can_be_hashed(tmp_path: Path) -> None:
    text = (
        "customer,time,amount,currency\nann@example.org,2024-03-01,1,EUR\nann@example.org,2024-03-02,1,EUR\n"
    )
    assert "--hash-customers" in read(tmp_path, text).warnings[0]
    hidden = read(tmp_path, text, Manner(Reader(NOW), secret=b"s"))
    [key] = {p.customer for p in hidden.purchases}
    assert "ann" not in key
    assert hidden.names == {key: "ann@example.org"}
    assert not hidden.warnings
    assert read(tmp_path, text, Manner(Reader(NOW), secret=b"t")).purchases[0].customer != key


cells = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x00"), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(cells, min_size=1, max_size=5)))
def test_no_row_is_ever_dropped_in_silence(tmp_path: Path, rows: list[list[str]]) -> None:
    said = io.StringIO(newline="")
    writer = csv.writer(said)
    writer.writerow(["customer", "time", "amount", "currency"])
    writer.writerow(["C1", "2024-03-01", "1", "EUR"])
    writer.writerows(rows)
    log = read(tmp_path, said.getvalue())
    blank = sum(not any(cell.strip() for cell in row) for row in rows)
    assert len(log.purchases) + len(log.refused) + blank == len(rows) + 1


def test_a_column_that_is_there_twice_is_not_guessed(tmp_path: Path) -> None:
    twice = "customer,time,amount,Amount,currency\nC1,2024-03-01,12.50,99,EUR\n"
    with pytest.raises(Trouble, match=r"'amount' more than once.*--amount-column"):
        read(tmp_path, twice)
    with pytest.raises(Trouble, match="'amount' more than once"):
        read(tmp_path, twice, Manner(Reader(NOW), Columns(all_in="EUR")))
