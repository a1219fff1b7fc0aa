"""A rule's settings: checked as they are told, told as JSON, and named by a digest."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, NamedTuple

import orjson
from pydantic import TypeAdapter, ValidationError

from services.insight.policies.nearest import meant
from services.insight.risk.rule import Rule

WORDS = {
    "int_type": "is no whole number",
    "int_from_float": "is no whole number",
    "float_type": "is no number",
    "bool_type": "is neither true nor false",
    "string_type": "is no text",
    "tuple_type": "is no array",
}


class Objection(NamedTuple):
    """What is wrong with one of them, to be read on after `setting = value`."""

    setting: str
    value: Any
    why: str


class WrongSettings(ValueError):
    """All that is wrong with them."""

    def __init__(self, rule: Rule, objections: list[Objection]) -> None:
        super().__init__(
            "; ".join(f"{rule.name}: {each.setting} = {each.value!r} {each.why}" for each in objections)
        )
        self.objections = objections


def settings_of(rule: Rule, told: Mapping[str, Any]) -> Any:
    """The rule's own type, from some of its fields by name; the others are as the rule comes.

    No text is read as a number, no number rounded. Errors: `WrongSettings`.
    """
    unknown = [
        Objection(name, value, f"is no setting of {rule.name}: {meant(name, names(rule))}")
        for name, value in told.items()
        if name not in names(rule)
    ]
    known = {name: value for name, value in told.items() if name in names(rule)}
    found, wrong = _checked(rule, known)
    if unknown or wrong:
        raise WrongSettings(rule, unknown + wrong)
    return found


def defaults(rule: Rule) -> Any:
    """The rule as it comes."""
    return rule.settings()


def names(rule: Rule) -> tuple[str, ...]:
    """Of its settings, in their order."""
    return getattr(rule.settings, "_fields", ())


def as_json(rule: Rule, settings: Any) -> dict[str, Any]:
    """All of them by name, as JSON has them."""
    values = TypeAdapter(rule.settings).dump_python(settings, mode="json")
    return dict(zip(names(rule), values, strict=True))


def digest(rule: Rule, settings: Any) -> str:
    """Names a rule under these settings: equal for equal ones, however they were told."""
    return digest_of(rule.name, as_json(rule, settings))


def digest_of(rule: str, settings: Mapping[str, Any]) -> str:
    """The same of what `as_json` told."""
    return sha256(orjson.dumps([rule, settings], option=orjson.OPT_SORT_KEYS)).hexdigest()


def _checked(rule: Rule, told: Mapping[str, Any]) -> tuple[Any, list[Objection]]:
    """Through JSON, where an array may be a tuple although nothing else is taken for what it is not."""
    if not told:
        return defaults(rule), []
    try:
        said = orjson.dumps(told, default=str)
        return TypeAdapter(rule.settings).validate_json(said, strict=True), []
    except orjson.JSONEncodeError as error:
        return None, [Objection("settings", dict(told), f"cannot be told as JSON: {error}")]
    except ValidationError as error:
        first = {each["loc"][0]: each for each in reversed(error.errors(include_url=False))}
        return None, [_objection(rule, told, first[name]) for name in told if name in first]


def _objection(rule: Rule, told: Mapping[str, Any], error: Any) -> Objection:
    name = str(error["loc"][0])
    where = f"has at place {error['loc'][1] + 1} what " if error["loc"][1:] else ""
    if error["type"] in ("missing", "too_long"):
        why, where = f"has not {len(getattr(defaults(rule), name))} values", ""
    else:
        why = WORDS.get(error["type"]) or error["msg"].removeprefix("Value error, ")
    usual = as_json(rule, defaults(rule))[name]
    return Objection(name, told[name], f"{where}{why}; {rule.name} comes with {orjson.dumps(usual).decode()}")
