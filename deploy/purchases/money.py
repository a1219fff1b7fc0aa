"""Amounts as people and shops write them, to integer minor units (ISO 4217)."""

import re
from decimal import ROUND_HALF_EVEN, Decimal

WITHOUT_CENTS = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
THREE_DECIMALS = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
FOUR_DECIMALS = frozenset("CLF UYW".split())
CENTS = frozenset(
    """AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN
    BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP
    GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT
    LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO
    NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS
    SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD
    XCG YER ZAR ZMW ZWG ZWL DEM FRF ITL ESP NLG ATS BEF FIM GRD IEP PTE""".split()
)
MAX_MINOR = 10**15
PLAIN = re.compile(r"-?\d+(\.\d+)?|-?\.\d+")
GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
NOISE = re.compile(r"[$€£¥₹₩₽₺₴฿\s\u00a0\u202f'’]")
SWAPPED = str.maketrans(",.", ".,")


class Unpriced(ValueError):
    """The text is not an amount we can trust; the message says why."""


def exponent(currency: str) -> int:
    """How many decimals the currency has. Unpriced when ISO 4217 does not know it."""
    for decimals, codes in ((2, CENTS), (0, WITHOUT_CENTS), (3, THREE_DECIMALS), (4, FOUR_DECIMALS)):
        if currency in codes:
            return decimals
    raise Unpriced(f"currency {currency!r} is not an ISO 4217 code, such as EUR")


def minor_units(text: str, currency: str, decimal_comma: bool = False, rounded: bool = False) -> int:
    """`12.50` EUR is 1250, `500` JPY is 500. Symbols, spaces and thousands marks are read over."""
    amount = _decimal(text, currency, decimal_comma).scaleb(exponent(currency))
    whole = amount.to_integral_value(ROUND_HALF_EVEN)
    if whole != amount and not rounded:
        raise Unpriced(f"amount {text!r} has more decimals than {currency} (--round-amounts would round it)")
    if whole < 0:
        raise Unpriced(f"amount {text!r} is negative: a refund is not a purchase")
    if whole > MAX_MINOR:
        raise Unpriced(f"amount {text!r} is larger than any purchase")
    return int(whole)


def _decimal(text: str, currency: str, decimal_comma: bool) -> Decimal:
    bare = NOISE.sub("", text).upper().removeprefix(currency).removesuffix(currency)
    plain = bare.translate(SWAPPED) if decimal_comma else bare
    if GROUPED.fullmatch(plain):
        return Decimal(plain.replace(",", ""))
    if PLAIN.fullmatch(plain):
        return Decimal(plain)
    if "," in plain and not decimal_comma:
        raise Unpriced(f"amount {text!r} is not a number (is the comma its decimal point? --decimal-comma)")
    raise Unpriced(f"amount {text!r} is not a number")


def major_units(amount: int, currency: str) -> Decimal:
    """1250 EUR is 12.50."""
    return Decimal(amount).scaleb(-exponent(currency))
