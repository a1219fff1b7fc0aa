"""The stream of the model: when weeks begin, and by what each rule judges from which week on. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from services.insight.risk.calendar import Calendar
from services.insight.risk.fitting import Policy, standard
from services.insight.risk.known import Known
from services.insight.risk.rule import Rule, Standard
from services.insight.risk.rules import RULES
from services.insight.risk.standards import Adopted, InForce, Standards
from shared.contracts.fact import Fact
from shared.contracts.policies import CalendarOpened, ModelFitted, SilenceCalendarOpened, WeekSettled
from shared.core.stream import StreamName

STREAM = StreamName("model", "weeks")
FORMER = StreamName("model", "silence")
"""Where the calendar lay while there was one rule: its weeks go on, its parameters judge no more."""


@dataclass(frozen=True, slots=True)
class Model:
    """By rule what has judged, in order of weeks; the calendar is None until a clock has opened it."""

    calendar: Calendar | None = None
    in_force: Mapping[str, tuple[InForce, ...]] = field(default_factory=dict)
    settled: int = 0

    def standards(self) -> Standards | None:
        """None before the calendar has opened."""
        if self.calendar is None:
            return None
        return Standards(self.calendar, tuple(Adopted(r, self.in_force.get(r.name, ())) for r in RULES))


def evolve(model: Model, fact: Fact) -> Model:
    match fact:
        case CalendarOpened(origin=origin, zone=zone):
            return replace(model, calendar=Calendar(_day(origin, zone), zone))
        case SilenceCalendarOpened(origin=origin):
            return replace(model, calendar=Calendar(origin.toordinal()))
        case ModelFitted(rule=name, week=week):
            in_force = (*model.in_force.get(name, ()), InForce(week, judges_by(fact)))
            return replace(model, in_force={**model.in_force, name: in_force})
        case WeekSettled(week=week):
            return replace(model, settled=week)
        case _:
            return model  # parameters of a former release


def _day(origin: datetime, zone: str) -> int:
    return Calendar(0, zone).day(origin)


def replay(facts: Iterable[Fact]) -> Model:
    model = Model()
    for fact in facts:
        model = evolve(model, fact)
    return model


def fitted(rule: Rule, week: int, judges: Standard | None) -> ModelFitted:
    """The fact of what judges from a week on."""
    if judges is None:
        return ModelFitted(week=week, rule=rule.name)
    return ModelFitted(
        week=week, rule=rule.name, policy=judges.version, settings=_plain(rule.settings, judges.settings),
        params_version=judges.model, parameters=_plain(rule.parameters, judges.parameters),
    )  # fmt: skip


def judges_by(fact: ModelFitted) -> Standard | None:
    """What `fitted` told; None too of a rule that this release does not know."""
    rule = next((each for each in RULES if each.name == fact.rule), None)
    if rule is None or fact.policy is None:
        return None
    settings, parameters = _read(rule.settings, fact.settings), _read(rule.parameters, fact.parameters)
    return Standard(settings, fact.policy, parameters, fact.params_version)


def _plain(of: Any, value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    dumped = _adapter(of).dump_python(value, mode="json")
    return dict(zip(getattr(of, "_fields", ()), dumped, strict=True))


def _read(of: Any, said: Mapping[str, Any] | None) -> Any:
    return None if said is None else _adapter(of).validate_python(dict(said) or ())


@cache
def _adapter(of: Any) -> TypeAdapter[Any]:
    return TypeAdapter(of)


def settled(seen: Known, standards: Standards, policies: Mapping[str, Policy | None]) -> list[Fact]:
    """The facts of a boundary: for each rule what judges from there on, where that is another than before."""
    facts: list[Fact] = []
    for adopted in standards.adopted:
        rule, before = adopted.rule, adopted.at(seen.week)
        policy = policies[rule.name]
        same = before if policy and before and before.version == policy.version else None
        judges = standard(rule, policy, seen, same) if policy else None
        if judges != before:
            facts.append(fitted(rule, seen.week, judges))
    return [*facts, WeekSettled(week=seen.week)]
