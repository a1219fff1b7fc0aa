"""Weights are learnt from what became of customers, and a chance is shown once it was right."""

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter
from scipy.special import expit

from services.insight.risk.combined.learning import LEFT, OPEN, STAYED, learn
from services.insight.risk.combined.rows import Rows, stands
from services.insight.risk.combined.weights import Weights, combined_of_many

WEEKS, AHEAD = 40, 8


def business(seed: int = 1, later: float = 0.0) -> tuple[Rows, Any]:
    """Silence tells who leaves, the gap tells nothing, the payments of a few speak too; of the last
    `AHEAD` weeks nothing is known yet. `later` is added to the log odds of the weeks that a chance proves
    itself on."""
    chance = np.random.default_rng(seed)
    n = 40_000
    silence, gap = chance.normal(3, 2, n), chance.normal(0, 1, n)
    payment = np.where(chance.random(n) < 0.1, chance.uniform(0, 50, n), -np.inf)
    weeks = chance.integers(0, WEEKS, n)
    odds = (silence - 3) - 1.5 + np.isfinite(payment) + later * (weeks >= WEEKS - 2 * AHEAD)
    left = chance.random(n) < expit(odds)
    labels = np.where(weeks >= WEEKS - AHEAD, OPEN, np.where(left, LEFT, STAYED)).astype(np.int8)
    scores = {"silence": silence, "unusual_gap": gap, "payment_failing": payment}
    standing = {"silence": (silence > 5).astype(np.int64), "unusual_gap": (gap > 2).astype(np.int64)}
    return Rows(scores, standing, weeks, chance.choice([0, 1, 2, 4], n)), labels


def learnt(rows: Rows, labels: Any) -> Weights:
    weights = learn(rows, labels, None)
    assert weights is not None
    return weights


def test_what_tells_most_weighs_most_and_the_chance_is_right_of_others() -> None:
    weights = learnt(*business())
    by_rule = {part.rule: part for part in weights.parts}
    assert by_rule["silence"].score > 1
    assert 0 <= by_rule["unusual_gap"].score < 0.1
    assert by_rule["payment_failing"].none < -0.5
    rows, labels = business(seed=2)
    alerted = stands(rows) & (labels != OPEN)
    stated = combined_of_many(rows, weights)[alerted].mean()
    assert stated == pytest.approx((labels[alerted] == LEFT).mean(), abs=0.03)


def test_a_chance_is_shown_where_it_was_right_in_weeks_it_was_not_learnt_from() -> None:
    assert learnt(*business()).shown == (True,) * 4
    assert learnt(*business(later=3.0)).shown == (False,) * 4


def test_of_a_class_with_few_alerts_nothing_is_shown() -> None:
    rows, labels = business()
    few = np.flatnonzero((rows.observations != 1) | (rows.weeks % 8 == 0))
    assert learnt(rows.where(few), labels[few]).shown == (True, False, True, True)


def test_what_is_open_teaches_nothing() -> None:
    rows, labels = business()
    told = np.flatnonzero(labels != OPEN)
    newest = np.append(told, np.flatnonzero(labels == OPEN)[:1])
    assert learnt(rows, labels) == learnt(rows.where(newest), labels[newest])


def test_nothing_is_learnt_from_too_few_nor_from_too_short_a_time() -> None:
    rows, labels = business()
    assert learn(rows.where(np.arange(200)), labels[:200], None) is None
    assert learn(rows, np.full(len(labels), OPEN, dtype=np.int8), None) is None
    early = np.where(rows.weeks < WEEKS // 2 - 1, labels, OPEN).astype(np.int8)
    assert learn(rows, early, None) is None
    assert learn(rows, np.where(rows.weeks < WEEKS // 2 + 1, labels, OPEN).astype(np.int8), None) is not None


def test_the_weights_are_the_same_each_time_and_come_back_from_a_fact() -> None:
    weights = learnt(*business())
    assert weights == learnt(*business())
    facts: TypeAdapter[Weights] = TypeAdapter(Weights)
    assert facts.validate_json(facts.dump_json(weights)) == weights


def test_no_score_and_no_severity_may_speak_for_staying() -> None:
    """Where those who are silent for long happen to stay, silence tells nothing."""
    rows, labels = business()
    reversed_labels = np.where(labels == OPEN, OPEN, 1 - labels).astype(np.int8)
    by_rule = {part.rule: part for part in learnt(rows, reversed_labels).parts}
    assert (by_rule["silence"].score, by_rule["silence"].severity) == (0.0, 0.0)
