"""A policy in a file: which rule, under which settings. What is wrong there is told with its line."""

import re
import tomllib
from typing import Any

import orjson

from services.insight.policies.nearest import meant
from services.insight.policies.settings import WrongSettings, settings_of
from services.insight.risk.rule import Rule
from services.insight.risk.rules import RULES

RULE, SETTINGS = "rule", "settings"
AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
HEADER = re.compile(r"\s*\[\s*(?P<table>[^\[\]]+?)\s*\]")


class WrongPolicy(ValueError):
    """A file that is no policy: a line for each thing that is wrong, `policy.toml:7: …`."""


def read_policy(text: str, path: str, rules: tuple[Rule, ...] = RULES) -> tuple[Rule, Any]:
    """The rule and its settings (of the rule's own type; what the file leaves out is as the rule comes).

        rule = "unusual_gap"
        [settings]
        fewest_gaps = 8

    Errors: `WrongPolicy`, naming `path`.
    """
    said = _parsed(text, path)
    rule = _rule(said, text, path, rules)
    if unknown := [name for name in said if name not in (RULE, SETTINGS)]:
        raise WrongPolicy("\n".join(_unknown(name, rule, text, path) for name in unknown))
    told = said.get(SETTINGS, {})
    if not isinstance(told, dict):
        raise WrongPolicy(
            f"{path}:{line_of(text, SETTINGS)}: settings is no table: write [settings] on a line"
        )
    try:
        return rule, settings_of(rule, told)
    except WrongSettings as error:
        found = [(line_of(text, each.setting, SETTINGS), each) for each in error.objections]
        raise WrongPolicy(
            "\n".join(
                f"{path}:{line}: {each.setting} = {_shown(each.value)} {each.why}"
                for line, each in sorted(found, key=lambda each: each[0])
            )
        ) from None


def line_of(text: str, key: str, table: str | None = None) -> int:
    """The line, from 1 on, that sets this key of the table (None: of none); else that of the table, else 1.

    The library that reads the file tells no places, and settings need no more of its syntax than this.
    """
    now, best = None, 1
    name = rf"""["']?{re.escape(key)}["']?"""
    sets, inline = (
        re.compile(rf"\s*{name}\s*[=.]"),
        re.compile(rf"""\s*{table}\s*(\.\s*{name}\s*=|=.*{name}\s*=)"""),
    )
    for number, line in enumerate(text.splitlines(), 1):
        if header := HEADER.match(line):
            now = header["table"]
            if now == (table or key):
                best = number
        elif (now == table and sets.match(line)) or (table and now is None and inline.match(line)):
            return number
    return best


def _parsed(text: str, path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = AT.search(str(error))
        line = at[1] if at and at[1] else len(text.splitlines()) or 1
        raise WrongPolicy(f"{path}:{line}: is no TOML: {AT.sub('', str(error))}") from None


def _rule(said: dict[str, Any], text: str, path: str, rules: tuple[Rule, ...]) -> Rule:
    known = {rule.name: rule for rule in rules}
    if RULE not in said:
        raise WrongPolicy(f'{path}:1: names no rule: write rule = "{rules[0].name}"; {meant("", known)}')
    name = said[RULE]
    if not isinstance(name, str) or name not in known:
        raise WrongPolicy(
            f"{path}:{line_of(text, RULE)}: rule = {_shown(name)} is not known: {meant(str(name), known)}"
        )
    return known[name]


def _unknown(name: str, rule: Rule, text: str, path: str) -> str:
    names = getattr(rule.settings, "_fields", ())
    way_out = f"is a setting: write it below [{SETTINGS}]" if name in names else meant(name, (RULE, SETTINGS))
    return f"{path}:{line_of(text, name)}: {name} is not known here: {way_out}"


def _shown(value: Any) -> str:
    return orjson.dumps(value, default=str).decode() if not isinstance(value, float) else repr(value)
