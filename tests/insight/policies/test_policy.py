"""Policies are facts: who may adopt what, on what evidence, and from when on it counts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.insight.policies.commands import Command, Refused, Retire
from services.insight.policies.in_force import in_force, taken_up
from services.insight.policies.policy import POLICY, policy_stream
from services.insight.risk.fitting import Policy
from services.insight.risk.rules import RULES
from services.insight.risk.rules.unusual_gap import UNUSUAL_GAP, Settings
from shared.contracts.event import Event, encode
from shared.contracts.insight import INSIGHT
from shared.contracts.policies import PolicyAdopted, PolicyEdited, PolicyProposed, PolicyRetired
from shared.contracts.reading import recall
from tests.insight.policies.deciding import MONDAY, RULE, adopt, backtested, carried, propose, week

RETIRE = Retire(RULE, "maria", "nobody acted on it")


def test_a_rule_of_which_nobody_decided_judges_as_it_comes_from_the_beginning() -> None:
    found = in_force({}, RULES, week(0))
    assert list(found) == [rule.name for rule in RULES]
    assert found[RULE] == Policy(0, Settings())


def test_without_a_backtest_nothing_is_adopted_unless_somebody_says_why() -> None:
    with pytest.raises(Refused, match=r"^unusual_gap: version 1 has no backtest: .*--override REASON$"):
        carried(adopt(8, override=None))
    _, [fact] = carried(adopt(8))
    assert isinstance(fact, PolicyAdopted)
    assert (fact.override, fact.backtest) == ("agreed by all", None)
    _, [fact] = carried(adopt(8, override=None, backtest=backtested(8)))
    assert isinstance(fact, PolicyAdopted)
    assert fact.backtest == backtested(8)


def test_a_backtest_of_other_settings_is_no_evidence() -> None:
    for command in (adopt(8, backtest=backtested(9)), propose(8, backtested(9))):
        with pytest.raises(Refused, match=r"the backtest is of other settings .* than these"):
            carried(command)


def test_what_was_proposed_with_its_backtest_is_adopted_under_its_version_on_that_evidence() -> None:
    policies, _ = carried(propose(7), propose(8, backtested(8)), propose(9))
    assert policies.proposed == [1, 2, 3]
    policies, [fact] = carried(adopt(8, override=None), policies=policies)
    assert isinstance(fact, PolicyAdopted)
    assert (fact.policy_version, fact.backtest) == (2, backtested(8))
    assert policies.proposed == [3]


def test_a_proposal_told_again_says_nothing_and_with_a_backtest_it_keeps_its_version() -> None:
    policies, facts = carried(
        propose(8), propose(8), propose(8, backtested(8)), propose(8), propose(8, backtested(8))
    )
    assert [(type(fact), fact.policy_version) for fact in facts] == [(PolicyProposed, 1)] * 2
    assert policies.versions[1].backtest == backtested(8)


def test_an_adopted_version_that_is_not_the_next_is_refused() -> None:
    with pytest.raises(Refused, match="unusual_gap: version 3 is not what these settings get: 1"):
        carried(adopt(8, version=3))
    assert carried(adopt(8, version=1), adopt(9, version=2))[0].decided == 2


def test_adopting_the_same_again_says_nothing_and_for_another_moment_does() -> None:
    _, facts = carried(adopt(8), adopt(8), adopt(8, effective=week(5)), adopt(8, effective=week(5)))
    assert [(type(fact), fact.policy_version) for fact in facts] == [(PolicyAdopted, 1), (PolicyEdited, 2)]


def test_another_version_supersedes_the_one_before_and_after_a_retirement_none() -> None:
    _, facts = carried(adopt(8), adopt(9), RETIRE, RETIRE, adopt(9))
    assert [(type(fact), fact.policy_version) for fact in facts] == [
        (PolicyAdopted, 1), (PolicyEdited, 2), (PolicyRetired, 2), (PolicyAdopted, 3),
    ]  # fmt: skip
    assert isinstance(facts[1], PolicyEdited)
    assert facts[1].supersedes == 1


def test_a_boundary_takes_up_what_it_is_late_enough_for() -> None:
    policies, _ = carried(adopt(8, effective=week(3)))
    assert taken_up(UNUSUAL_GAP, policies, week(2)) == Policy(0, Settings())
    assert taken_up(UNUSUAL_GAP, policies, week(3)) == Policy(1, Settings(fewest_gaps=8))
    policies, _ = carried(replace(RETIRE, effective=week(5)), policies=policies)
    assert taken_up(UNUSUAL_GAP, policies, week(4)) == Policy(1, Settings(fewest_gaps=8))
    assert taken_up(UNUSUAL_GAP, policies, week(5)) is None


def test_of_two_decisions_that_are_ripe_the_one_told_later_counts() -> None:
    policies, _ = carried(adopt(8, effective=week(9)), adopt(9), adopt(7, effective=week(11)))
    assert [policies.at(week(number)) for number in (1, 9, 10, 11)] == [2, 2, 2, 3]


def test_settings_that_a_rule_has_no_more_are_left_out_and_new_ones_are_as_it_comes() -> None:
    old = PolicyAdopted(
        rule=RULE, policy_version=1, settings={"fewest_gaps": 9, "no_more": 3}, by="maria", override="old"
    )
    assert in_force({RULE: [old]}, RULES, week(1))[RULE] == Policy(1, Settings(fewest_gaps=9))


def test_the_stream_of_a_rule_is_named_after_it() -> None:
    assert policy_stream(RULE).text == "policy-unusual_gap"


def commands() -> st.SearchStrategy[Command]:
    few, moment = st.integers(1, 3), st.none() | st.integers(0, 6).map(week)
    return st.one_of(
        st.builds(propose, few),
        st.builds(lambda n: propose(n, backtested(n)), few),
        st.builds(lambda n, effective: adopt(n, effective=effective), few, moment),
        st.builds(lambda effective: Retire(RULE, "maria", "why not", effective), moment),
    )


@given(st.lists(commands(), max_size=12))
def test_whatever_is_asked_what_is_read_back_decides_alike(asked: list[Command]) -> None:
    policies, facts = carried(*asked)
    stored = [encode(Event("e", "s", "", MONDAY, fact)) for fact in facts]
    read = [recall(body, INSIGHT).data for body in stored]
    assert read == facts
    assert POLICY.replay(read) == policies  # type: ignore[arg-type]
    told = [fact.policy_version for fact in facts if isinstance(fact, PolicyAdopted)]
    assert told == sorted(set(told))
    assert carried(*asked[-1:], policies=policies)[1] == []
