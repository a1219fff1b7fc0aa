"""A policy's file is read whole or refused with its line, the value and the way out."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.insight.policies.file import WrongPolicy, read_policy
from services.insight.policies.settings import as_json, defaults, digest, names
from services.insight.risk.ranges import Count, Falling, Part, Rising
from services.insight.risk.rule import Rule
from services.insight.risk.rules import RULES


class Settings(NamedTuple):
    precision: Part = 0.7
    fewest: Count = 6
    seldom: Falling = (2.0, 0.5, 0.1)
    hours: Rising = (24, 96, 240)
    often: bool = False


def never(*_: object) -> None:
    return None


def made(name: str, settings: type = Settings) -> Rule:
    return Rule(name, frozenset(), None, never, never, never, settings=settings)


SHY, PLAIN = made("shy_buyer"), made("plain", tuple)
KNOWN = (SHY, PLAIN)


def read(text: str) -> tuple[Rule, object]:
    return read_policy(text, "policy.toml", KNOWN)


def refusal(text: str) -> str:
    with pytest.raises(WrongPolicy) as caught:
        read(text)
    return str(caught.value)


def test_what_a_file_leaves_out_is_as_the_rule_comes() -> None:
    assert read('rule = "shy_buyer"') == (SHY, Settings())
    assert read('rule = "plain"') == (PLAIN, ())
    told = 'rule = "shy_buyer"\n[settings]\nprecision = 0.8\nseldom = [3, 2, 1]\n'
    assert read(told) == (SHY, Settings(precision=0.8, seldom=(3.0, 2.0, 1.0)))


def test_a_whole_number_serves_where_a_number_is_asked_and_stays_whole_where_it_must() -> None:
    _, settings = read('rule = "shy_buyer"\n[settings]\nhours = [1, 2, 3]\nseldom = [3, 2, 1]')
    assert [type(each) for each in settings.hours + settings.seldom] == [int] * 3 + [float] * 3  # type: ignore[attr-defined]


BOTH = "there are shy_buyer, plain"
USUAL = "; shy_buyer comes with"
ALL = "there are precision, fewest, seldom, hours, often"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("precision = 1.4", f"precision = 1.4 is no part between 0 and 1{USUAL} 0.7"),
        ("precision = nan", f"precision = nan is no number{USUAL} 0.7"),
        ("fewest = 0", f"fewest = 0 is less than 1{USUAL} 6"),
        ("fewest = 3.5", f"fewest = 3.5 is no whole number{USUAL} 6"),
        ('fewest = "3"', f'fewest = "3" is no whole number{USUAL} 6'),
        ("often = 1", f"often = 1 is neither true nor false{USUAL} false"),
        (
            "hours = [24, 24, 30]",
            f"hours = [24,24,30] does not rise from step to step above 0{USUAL} [24,96,240]",
        ),
        (
            "seldom = [1.0, 2.0, 3.0]",
            f"seldom = [1.0,2.0,3.0] does not fall from step to step above 0{USUAL} [2.0,0.5,0.1]",
        ),
        ("seldom = [1.0]", f"seldom = [1.0] has not 3 values{USUAL} [2.0,0.5,0.1]"),
        (
            'seldom = [1.0, "a", 0.1]',
            f'seldom = [1.0,"a",0.1] has at place 2 what is no number{USUAL} [2.0,0.5,0.1]',
        ),
        ("fewst = 3", f"fewst = 3 is no setting of shy_buyer: did you mean fewest? {ALL}"),
        ("since = 2026-01-01", f'since = "2026-01-01" is no setting of shy_buyer: {ALL}'),
    ],
)
def test_a_setting_is_refused_with_its_line_its_value_and_what_is_usual(line: str, said: str) -> None:
    before = '# fewest = 1\nrule = "shy_buyer"\n\n[settings]\n# precision = 0.9\n'
    assert refusal(before + line) == f"policy.toml:6: {said}"


def test_all_that_is_wrong_is_told_at_once() -> None:
    said = refusal('rule = "shy_buyer"\n[settings]\nprecision = 2\nfewest = 3\nhour = 1\n')
    assert [line.partition(" ")[0] for line in said.splitlines()] == ["policy.toml:3:", "policy.toml:5:"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", 'policy.toml:1: names no rule: write rule = "shy_buyer"; there are shy_buyer, plain'),
        (
            '\nrule = "shybuyer"',
            'policy.toml:2: rule = "shybuyer" is not known: did you mean shy_buyer? ' + BOTH,
        ),
        ("rule = 7", "policy.toml:1: rule = 7 is not known: there are shy_buyer, plain"),
        (
            'rule = "shy_buyer"\nsettings = 3',
            "policy.toml:2: settings is no table: write [settings] on a line",
        ),
        (
            'rule = "shy_buyer"\nfewest = 3',
            "policy.toml:2: fewest is not known here: is a setting: write it below [settings]",
        ),
        (
            'rule = "shy_buyer"\n\n[setings]\n',
            "policy.toml:3: setings is not known here: did you mean settings? there are rule, settings",
        ),
        (
            'rule = "shy_buyer"\n[settings]\nfewest = 3\n[fewest]',
            "policy.toml:4: fewest is not known here: is a setting: write it below [settings]",
        ),
        ('rule = "plain"\n[settings]\nx = 1', "policy.toml:3: x = 1 is no setting of plain: there are none"),
        (
            'rule = "shy_buyer"\nsettings.precision = 4',
            f"policy.toml:2: precision = 4 is no part between 0 and 1{USUAL} 0.7",
        ),
        (
            'rule = "shy_buyer"\nsettings = {often = true, "precision" = 4}',
            f"policy.toml:2: precision = 4 is no part between 0 and 1{USUAL} 0.7",
        ),
        (
            'rule = "shy_buyer"\n[settings\n',
            "policy.toml:2: is no TOML: Expected ']' at the end of a table declaration",
        ),
        ('rule = "shy', "policy.toml:1: is no TOML: Unterminated string"),
    ],
)
def test_what_is_no_policy_is_refused_with_its_line(text: str, said: str) -> None:
    assert refusal(text) == said


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_every_rule_comes_with_settings_that_a_file_may_say(rule: Rule) -> None:
    told = "".join(f"{name} = {_toml(value)}\n" for name, value in as_json(rule, defaults(rule)).items())
    found = read_policy(f'rule = "{rule.name}"\n[settings]\n{told}', "policy.toml")
    assert found == (rule, defaults(rule))


def _toml(value: object) -> str:
    return str(value).replace("'", '"').replace("True", "true").replace("False", "false")


@given(st.floats(0.01, 0.99), st.integers(1, 99), st.floats(0.01, 0.99), st.integers(1, 99))
def test_a_digest_is_equal_exactly_for_equal_settings(p: float, f: int, q: float, g: int) -> None:
    one, other = Settings(p, f), Settings(q, g)
    assert (digest(SHY, one) == digest(SHY, other)) == (one == other)
    assert digest(SHY, one) != digest(made("other"), one)
    assert names(SHY) == Settings._fields
    assert list(as_json(SHY, one)) == list(Settings._fields)


@given(st.text(max_size=60))
def test_whatever_a_file_holds_it_is_a_policy_or_refused_at_a_line_of_it(text: str) -> None:
    try:
        read(text)
    except WrongPolicy as error:
        path, line, _ = str(error).split(":", 2)
        assert path == "policy.toml"
        assert 1 <= int(line) <= max(1, text.count("\n") + 1 + text.count("\r"))
