"""The command on logs as people have them: what it says, and what it says when it cannot say anything."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.businesses.business import Business
from bench.businesses.daily_tool import daily_tool
from bench.businesses.gifts import gifts
from bench.businesses.grocery import grocery
from bench.businesses.small_shop import small_shop
from bench.businesses.subscription import subscription
from bench.businesses.wholesale import wholesale
from deploy.errors import Trouble
from tests.deploy.backtest.logs import json_lines, run, shop, written

HEADER = "customer,time,amount,currency"
INVENTED: list[tuple[Callable[..., Business], dict[str, int]]] = [
    (grocery, {"households": 120}),
    (daily_tool, {"people": 120}),
    (subscription, {"subscribers": 150}),
    (gifts, {}),
    (small_shop, {}),
    (wholesale, {}),
]


def test_everything_on_a_csv(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    refused, told = run(written(tmp_path / "orders.csv", shop()))
    assert refused == 0
    assert told["log"]["customers"] == 150
    assert told["alert"]["label"].startswith("no purchase in ")
    assert told["judged"] or told["lacking"]
    for row in told["alerts"]:
        assert row["became"] in ("right", "wrong", "open", "no habit")
    assert "150 customers, 2024-01-01 to 2025-02-0" in capsys.readouterr().out


def test_a_log_that_is_too_small_says_what_would_be_enough(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused, told = run(written(tmp_path / "orders.csv", [HEADER, "a,2024-01-01,1,EUR"]))
    assert refused == 0
    assert not told["judged"]
    assert told["lacking"][0] == {"has": "1 customer", "wanted": "100 customers"}
    said = capsys.readouterr().out
    assert "too short or too small" in said
    assert "it has 1 customer; it takes 100 customers" in said


def test_processes_change_nothing(tmp_path: Path) -> None:
    path = written(tmp_path / "orders.csv", shop(seed=5))
    once, twice = (run(path, "--processes", str(n))[1] for n in (1, 2))
    assert once == twice


def test_rows_that_cannot_be_read_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [*shop(), 'c001,"yesterday",1,EUR', ",2024-01-01,1,EUR", "c002,2024-01-02,-5,EUR", 'c,"2024', "x"]
    refused, told = run(written(tmp_path / "orders.csv", rows))
    assert refused == told["log"]["refused"] == 4
    said = capsys.readouterr().err
    assert "time 'yesterday' is not ISO 8601" in said
    assert "customer is empty" in said
    assert "a refund is not a purchase" in said


def test_days_begin_where_the_business_is(tmp_path: Path) -> None:
    rows = ["customer;time", *(f'"Smith, J";2024-01-{day:02}T01:30:00' for day in (1, 2, 3))]
    _, told = run(written(tmp_path / "orders.csv", rows), "--zone", "America/New_York")
    assert told["log"]["from"] == "2024-01-01T05:00:00+00:00"
    assert told["log"]["until"] == "2024-01-04T05:00:00+00:00"
    assert "judged without amounts" in told["log"]["notes"][0]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "lacks the column 'customer'"),
        (HEADER, "holds nothing to judge by: it has no rows"),
        (
            "buyer,when\na,2024-01-01",
            "lacks the column 'customer' (--customer-column), 'time' (--time-column)",
        ),
        (f"{HEADER}\na,never,1,EUR", "line 2: time 'never'"),
    ],
)
def test_what_is_no_log_is_refused_with_the_way_out(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(Trouble) as told:
        run(written(tmp_path / "orders.csv", text.split("\n")))
    assert why in str(told.value)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--label", "churned"), "'churned' is no label: say 'no purchase'"),
        (("--at", "2031-01-01"), "--at 2031-01-01 lies outside of the log, 2024-01-0"),
        (("--from", "soon"), "--from: time 'soon'"),
        (("--zone", "Mars/Olympus"), "time zone 'Mars/Olympus' is not known"),
        (("--rule", "sillence"), "neither a file FILE.toml nor a rule as it comes (silence"),
        (("--rule", "none.toml"), "none.toml can't be read"),
        (("--rule", "silence", "--against", "unusual_gap"), "add --rule unusual_gap"),
    ],
)
def test_an_option_that_cannot_be_met_is_refused(tmp_path: Path, options: tuple[str, ...], why: str) -> None:
    with pytest.raises(Trouble) as told:
        run(written(tmp_path / "orders.csv", shop(20, 200)), *options)
    assert why in str(told.value)


def test_a_window_judges_what_was_said_in_it(tmp_path: Path) -> None:
    path = written(tmp_path / "orders.csv", shop())
    _, whole = run(path, "--rule", "use_in_decline")
    _, part = run(path, "--rule", "use_in_decline", "--from", "2024-08-01", "--to", "2024-10-01")
    expected = [row for row in whole["alerts"] if "2024-08-01" <= row["at"] <= "2024-10-01T00:00:00+00:00"]
    assert part["alerts"] == expected
    assert part["window"]["from"] == "2024-08-01T00:00:00+00:00"


@pytest.mark.parametrize(("made", "size"), INVENTED, ids=lambda each: getattr(each, "__name__", ""))
def test_invented_businesses_run_through_it(
    tmp_path: Path, made: Callable[..., Business], size: dict[str, int]
) -> None:
    business = made(seed=4, **size)
    refused, told = run(json_lines(tmp_path / "events.jsonl", business))
    assert refused == 0
    assert sum(told["log"]["events"].values()) == len(business.log)
    assert told["log"]["customers"] == len(business.truth)
    assert json.dumps(told, allow_nan=False)
