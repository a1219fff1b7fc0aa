"""How likely a customer stayed away, as insight saw it on any morning: by what judged in that week."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from deploy.demo.report.journey_picture import Likely
from shared.contracts.event import Event


def likely_by(facts: Iterable[Event]) -> Likely:
    """By insight's facts of its model; None before the silence rule had learnt enough to judge."""
    from services.insight.judging.model import replay
    from services.insight.risk.rules.silence import SILENCE
    from services.insight.risk.silence.model import chance
    from services.insight.risk.silence.state import broken

    standards = replay(fact.data for fact in facts).standards()
    if standards is None:
        return lambda moment, bought: None
    [judged] = [each for each in standards.adopted if each.rule is SILENCE]
    calendar = standards.calendar

    def likely(moment: datetime, bought: Sequence[date]) -> float | None:
        standard = judged.at(calendar.week_of(moment))
        if standard is None or standard.parameters is None:
            return None
        silence = None
        for day in bought:
            silence = broken(silence, day.toordinal())
        return None if silence is None else chance(standard.parameters.model, silence, calendar.day(moment))

    return likely
