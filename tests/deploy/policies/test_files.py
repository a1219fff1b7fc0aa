"""What an owner decides by lies in files, and what is wrong with one is said before anything is written."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from deploy.errors import Trouble
from deploy.evergreen import parser
from deploy.policies.files import backtest_of, policy_of, rule_of
from services.insight.policies.settings import digest
from services.insight.risk.rules.silence import SILENCE
from services.insight.risk.rules.unusual_gap import UNUSUAL_GAP, Settings
from tests.deploy.policies.reports import policy_file, report_file, report_of


def test_a_file_is_a_rule_with_its_settings_and_names_its_rule(tmp_path: Path) -> None:
    path = policy_file(tmp_path, 9)
    assert policy_of(path) == (UNUSUAL_GAP, Settings(fewest_gaps=9))
    assert rule_of(str(path)) == rule_of("unusual_gap") == UNUSUAL_GAP


def test_a_file_that_is_wrong_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "gaps.toml"
    path.write_text('rule = "unusual_gap"\n[settings]\nfewst_gaps = 9\n')
    with pytest.raises(Trouble, match=r"gaps\.toml:3: fewst_gaps = 9 .* did you mean fewest_gaps\?"):
        policy_of(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(Trouble, match=r"gaps\.toml is no UTF-8"):
        policy_of(path)
    with pytest.raises(Trouble, match=r"none\.toml can't be read: No such file"):
        policy_of(tmp_path / "none.toml")


def test_a_rule_that_there_is_not_names_the_nearest() -> None:
    with pytest.raises(Trouble, match="there is no rule 'unusal_gap': did you mean unusual_gap"):
        rule_of("unusal_gap")


def test_a_report_says_what_a_backtest_of_these_settings_came_to(tmp_path: Path) -> None:
    found = backtest_of(report_file(policy_file(tmp_path)), UNUSUAL_GAP)
    assert found.settings == digest(UNUSUAL_GAP, Settings(fewest_gaps=8))
    assert (found.alerts, found.precision, found.recall, found.alerts_a_week) == (412, 0.7125, 0.64, 10.56)
    assert (found.since, found.until) == (datetime(2025, 3, 3, tzinfo=UTC), datetime(2025, 12, 1, tzinfo=UTC))


def test_the_report_that_backtest_writes_is_evidence_of_the_settings_that_it_was_given(
    tmp_path: Path,
) -> None:
    log, policy = tmp_path / "orders.csv", policy_file(tmp_path, 3)
    days = [
        (f"C{n}", date(2025, 1, 1) + timedelta(days=(n % 5 + 2) * k)) for n in range(9) for k in range(30)
    ]
    log.write_text(
        "customer,time,amount,currency\n" + "".join(f"{who},{day},9.90,EUR\n" for who, day in days)
    )
    words = ["--log", log, "--rule", policy, "--json", tmp_path / "report.json", "--processes", 1]
    arguments = parser(["backtest"]).parse_args(["backtest", *map(str, words)])
    assert arguments.run(arguments) == 0
    found = backtest_of(tmp_path / "report.json", UNUSUAL_GAP)
    assert found.settings == digest(UNUSUAL_GAP, Settings(fewest_gaps=3))
    assert found.since == datetime(2025, 1, 1, tzinfo=UTC)


def test_of_a_log_that_is_too_small_to_judge_no_figures_are_told(tmp_path: Path) -> None:
    found = backtest_of(report_file(policy_file(tmp_path), judged=False), UNUSUAL_GAP)
    assert (found.alerts, found.precision, found.alerts_a_week) == (412, None, None)


def test_two_logs_and_two_reports_have_two_names(tmp_path: Path) -> None:
    one, other = (backtest_of(report_file(policy_file(tmp_path, few)), UNUSUAL_GAP) for few in (8, 9))
    assert one.log == other.log
    assert one.report != other.report


@pytest.mark.parametrize(
    ("break_it", "why"),
    [
        (lambda report: report.pop("policies"), r"is no report of a backtest \(it has no policies\)"),
        (lambda report: report.pop("rules"), r"it has no rules"),
        (lambda report: report["policies"][0]["settings"].update(shortest=0.5), "no whole number"),
        (lambda report: report.update(window=3), "it is of another form"),
    ],
)
def test_what_is_no_report_is_refused_with_the_way_out(
    break_it: Callable[[Any], object], why: str, tmp_path: Path
) -> None:
    policy = policy_file(tmp_path)
    report = report_of(policy)
    break_it(report)
    path = tmp_path / "report.json"
    path.write_bytes(orjson.dumps(report))
    with pytest.raises(Trouble, match=f"{why}.*make it anew with `evergreen backtest"):
        backtest_of(path, UNUSUAL_GAP)


def test_a_report_of_another_rule_is_no_evidence_of_this_one(tmp_path: Path) -> None:
    path = report_file(policy_file(tmp_path))
    with pytest.raises(Trouble, match="that backtest is not of silence but of unusual_gap"):
        backtest_of(path, SILENCE)
    path.write_text("{")
    with pytest.raises(Trouble, match=r"gaps-8\.json is no JSON"):
        backtest_of(path, UNUSUAL_GAP)
