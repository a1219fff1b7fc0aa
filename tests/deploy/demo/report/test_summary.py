import json
from typing import Any

from deploy.demo.report.alerts import fold, sha256_of, standing
from deploy.demo.report.gone_quiet import gone_quiet
from deploy.demo.report.summary import DEFINITIONS, Outcome, percentiles, summary
from deploy.playing.player import Played
from deploy.purchases.purchase import Log, Refused
from shared.contracts.event import Event
from shared.contracts.fact import Fact
from shared.contracts.insight import ChurnRiskRaised, ChurnRiskResolved, ChurnRiskWithdrawn, Clause
from shared.contracts.policies import ModelFitted
from tests.deploy.purchases.bought import alert, bought, log_of, on

CLAUSES = (Clause(name="p_silent", value=0.66, operator=">=", bound=0.65),)


def raised(id: str) -> Fact:
    return ChurnRiskRaised(
        alert_id=id, rule="silence", rule_version="1", params_version="p", opened_on="2024-01-01",
        clauses=CLAUSES, measures={}, evidence=(),
    )  # fmt: skip


def told(customer: str, day: float, data: Fact) -> Event:
    return Event(f"{customer}-{day}-{data.type}", "/evergreen/insight", customer, on(day), data)


def fit(week: int, version: str) -> ModelFitted:
    return ModelFitted(week=week, rule="silence", policy=0, params_version=version, parameters={"r": 0.5})


def outcome(log: Log, **more: Any) -> Outcome:
    facts = {"acquisition": {"x": 2}, "insight": {"y": 3}}
    return Outcome(
        log=log,
        played=Played(signals=3, duplicates=1),
        seconds=2.0,
        facts=facts,
        **{"alerts": [], "fits": {}, **more},
    )


def test_an_alert_is_what_its_last_fact_made_of_it() -> None:
    facts = [
        told("a", 30, raised("1")),
        told("a", 40, ChurnRiskResolved(alert_id="1", returned_at=on(40))),
        told("b", 30, raised("2")),
        told("b", 31, ChurnRiskWithdrawn(alert_id="2", reason="late")),
        told("c", 30, raised("3")),
    ]
    assert [(a.id, a.state) for a in fold(facts)] == [
        ("1", "resolved"),
        ("2", "withdrawn"),
        ("3", "standing"),
    ]


def test_an_alert_raised_again_after_it_was_withdrawn_stands_once() -> None:
    withdrawn = told("a", 31, ChurnRiskWithdrawn(alert_id="1", reason="late"))
    facts = [told("a", 30, raised("1")), withdrawn, told("a", 32, raised("1"))]
    assert [(a.id, a.state) for a in standing(fold(facts))] == [("1", "standing")]


def test_the_hash_of_standing_alerts_does_not_depend_on_their_order() -> None:
    one, two = alert("a", 1), alert("b", 2)
    assert sha256_of([one, two]) == sha256_of([two, one]) != sha256_of([one])
    # printf 'a@1\nb@2' | sha256sum
    assert sha256_of([one, two]) == "e5b90d757b46eb1a094b25f5962086c6cdac5a02cd8b2df04878b0741b70f9e5"


def test_the_summary_adds_up_and_defines_what_it_says() -> None:
    log = log_of(*bought("a", 0, 300), *bought("b", 2), until=400)
    alerts = [alert("b", 60), alert("a", 90, "resolved", 300), alert("a", 350, "withdrawn")]
    found = summary(outcome(log, alerts=alerts, latencies_ms=[5.0, 1.0, 3.0], dead_letters=2))
    assert (found["signals_published"], found["customers"], found["rows_refused"]) == (3, 2, 0)
    assert found["facts"] == {"acquisition": 2, "insight": 3}
    fates = [found[f"alerts_{fate}"] for fate in ("raised", "resolved", "withdrawn", "standing")]
    assert fates == [3, 1, 1, 1]
    assert found["events_per_second"] == (3 + 1 + 5) / 2
    assert (found["precision"], found["recall"], found["median_delay_days"]) == (0.5, 1, 58)
    assert found["whole_log"]["final"] == 2
    assert found["signal_to_alert_ms"] == {"p50": 3, "p99": 5, "count": 3}
    assert found["dead_letters"] == 2
    assert set(DEFINITIONS) <= set(found)
    json.dumps(found)


def test_a_log_too_short_to_judge_says_so_with_none() -> None:
    found = summary(outcome(log_of(*bought("a", 0), until=30)))
    assert (found["precision"], found["recall"], found["median_delay_days"]) == (None, None, None)
    assert found["signal_to_alert_ms"]["p50"] is None


def test_refused_rows_are_counted() -> None:
    log = Log("/files/x", bought("a", 0), on(30), refused=[Refused(3, "amount")])
    assert summary(outcome(log))["rows_refused"] == 1


def test_the_model_of_week_39_is_what_judged_in_that_week() -> None:
    told = summary(outcome(log_of(*bought("a", 0)), fits={38: fit(38, "v38"), 40: fit(40, "v40")}))
    assert told["model_week_39"]["params_version"] == "v38"
    assert told["model_last"]["params_version"] == "v40"
    assert summary(outcome(log_of(*bought("a", 0))))["model_week_39"] is None


def test_percentiles_are_values_that_occurred() -> None:
    assert percentiles(range(1, 101)) == {"p50": 50, "p99": 99, "count": 100}


def test_the_quiet_are_listed_by_what_they_spent_and_by_their_own_names() -> None:
    purchases = [
        *bought("a", 0),
        *bought("b", 0, 5, amount=900),
        *bought("c", 0, amount=9_000),
        *bought("d", 0, amount=5_000, currency="JPY"),
    ]
    log = Log("/files/x", purchases, on(100), names={"b": "bob@example.org"})
    quiet = gone_quiet(log, [alert("a", 50), alert("b", 50), alert("c", 50, "resolved", 60), alert("d", 60)])
    assert [(q.name, q.orders, q.silent_days, q.spent_text) for q in quiet] == [
        ("d", 1, 100, "5,000 JPY"),
        ("bob@example.org", 2, 95, "18.00 EUR"),
        ("a", 1, 100, "10.00 EUR"),
    ]
