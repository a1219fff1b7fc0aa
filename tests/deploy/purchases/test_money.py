from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.purchases.money import Unpriced, exponent, major_units, minor_units


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", "EUR", 1250),
        ("12.5", "USD", 1250),
        ("0", "EUR", 0),
        (".5", "EUR", 50),
        ("500", "JPY", 500),
        ("500.00", "JPY", 500),
        ("1.234", "KWD", 1234),
        ("1.2345", "CLF", 12345),
        ("1,234.56", "USD", 123456),
        ("$1,234.56", "USD", 123456),
        ("12.50 EUR", "EUR", 1250),
        ("chf 12.50", "CHF", 1250),
        ("1 234.50", "EUR", 123450),
        ("1'234.50", "CHF", 123450),
    ],
)
def test_an_amount_as_shops_write_it_becomes_minor_units(text: str, currency: str, minor: int) -> None:
    assert minor_units(text, currency) == minor


@pytest.mark.parametrize(("text", "minor"), [("12,50", 1250), ("1.234,56", 123456), ("1.234", 123400)])
def test_a_decimal_comma_is_read_when_asked_for(text: str, minor: int) -> None:
    assert minor_units(text, "EUR", decimal_comma=True) == minor


@pytest.mark.parametrize(
    ("text", "currency", "why"),
    [
        ("12,50", "EUR", "--decimal-comma"),
        ("12.345", "EUR", "--round-amounts"),
        ("12.50", "JPY", "--round-amounts"),
        ("-1", "EUR", "refund"),
        ("(1.00)", "EUR", "not a number"),
        ("1e5", "EUR", "not a number"),
        ("NaN", "EUR", "not a number"),
        ("", "EUR", "not a number"),
        ("12.50x", "EUR", "not a number"),
        ("99999999999999", "EUR", "larger"),
        ("1", "EURO", "ISO 4217"),
        ("1", "", "ISO 4217"),
    ],
)
def test_what_is_no_trustworthy_amount_is_refused_with_the_way_out(
    text: str, currency: str, why: str
) -> None:
    with pytest.raises(Unpriced, match=why):
        minor_units(text, currency)


def test_too_many_decimals_are_rounded_when_asked_for() -> None:
    assert minor_units("12.3456", "EUR", rounded=True) == 1235


@given(st.integers(0, 10**12), st.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
def test_an_amount_written_out_is_read_back(minor: int, currency: str) -> None:
    written = f"{major_units(minor, currency):,}"
    assert minor_units(written, currency) == minor
    assert Decimal(minor) == major_units(minor, currency) * 10 ** exponent(currency)
