"""How likely a customer stayed away, as insight saw it on any morning: by what judged in that week."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time

from deploy.demo.report.journey_picture import Likely
from shared.contracts.event import Event


def likely_by(facts: Iterable[Event]) -> Likely:
    """By insight's facts of its model; None before the silence rule had learnt enough to judge."""
    from services.insight.judging.model import replay
    from services.insight.risk.rules.silence import SILENCE
    from services.insight.risk.silence.model import chance
    from shared.contracts.signals import OrderPaid

    standards = replay(fact.data for fact in facts).standards()
    if standards is None:
        return lambda moment, bought: None
    [judged] = [each for each in standards.adopted if each.rule is SILENCE]
    calendar = standards.calendar

    def likely(moment: datetime, bought: Sequence[date]) -> float | None:
        standard = judged.at(calendar.week_of(moment))
        if standard is None or standard.parameters is None:
            return None
        state = SILENCE.initial
        for number, day in enumerate(bought):
            paid = OrderPaid(order_id=str(number), amount=0, currency="EUR")
            event = Event(str(number), "/", "c", datetime.combine(day, time(), UTC), paid)
            state = SILENCE.evolve(state, event, calendar)
        return chance(standard.parameters.model, state, calendar.day(moment))

    return likely
