from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from deploy.playing.timetable import Arrival, Beat, Disorder, timetable
from deploy.purchases.cdnow import END, SOURCE
from deploy.purchases.purchase import Log, Purchase
from tests.deploy.purchases.bought import bought, log_of, on

moments = st.floats(0, 30).map(on)


@st.composite
def logs(draw: st.DrawFn) -> Log:
    times = draw(st.lists(moments, min_size=1, max_size=40))
    purchases = [Purchase(f"p{n}", f"c{n % 5}", time, 100, "EUR") for n, time in enumerate(times)]
    return Log(
        "/files/any", purchases, max(times) + draw(st.timedeltas(timedelta(seconds=1), timedelta(days=9)))
    )


disorders = st.builds(Disorder, st.floats(0, 5), st.integers(0, 10), st.integers(0, 99))


def test_in_order_each_day_is_vouched_for_before_its_purchases_are_published() -> None:
    steps = list(timetable(log_of(*bought("a", 0, 1.5, 3), until=4), Disorder()))
    said = [("beat" if isinstance(s, Beat) else "bought", s.moment) for s in steps]
    assert said == [
        ("beat", on(0)), ("bought", on(0)), ("beat", on(1)), ("bought", on(1.5)), ("beat", on(2)),
        ("beat", on(3)), ("bought", on(3)), ("beat", on(4)),
    ]  # fmt: skip
    assert [s.closed for s in steps if isinstance(s, Beat)] == [False, False, False, False, True]


@given(logs(), disorders)
def test_every_heartbeat_keeps_its_promise(log: Log, disorder: Disorder) -> None:
    steps = list(timetable(log, disorder))
    for place, beat in enumerate(steps):
        if isinstance(beat, Beat):
            promised = beat.moment - beat.lateness
            later = [s for s in steps[place:] if isinstance(s, Arrival) and not s.again]
            assert all(arrival.purchase.time >= promised for arrival in later)


@given(logs(), disorders)
def test_the_last_word_closes_the_log_at_its_end_and_none_speaks_of_a_later_time(
    log: Log, disorder: Disorder
) -> None:
    steps = list(timetable(log, disorder))
    beats = [s for s in steps if isinstance(s, Beat)]
    assert steps[-1] == Beat(log.end, timedelta(), closed=True)
    assert [b.moment for b in beats] == sorted(b.moment for b in beats)
    assert sum(b.closed for b in beats) == 1


@given(logs(), disorders)
def test_the_clock_opens_on_the_same_midnight_whatever_the_disorder(log: Log, disorder: Disorder) -> None:
    assert next(timetable(log, disorder)) == Beat(log.opens, timedelta())


@given(logs(), disorders)
def test_each_purchase_comes_once_within_the_days_allowed_and_duplicates_come_after_it(
    log: Log, disorder: Disorder
) -> None:
    seen: set[str] = set()
    again = 0
    for step in timetable(log, disorder):
        if isinstance(step, Beat):
            continue
        assert (step.purchase.id in seen) == step.again
        again += step.again
        if not step.again:
            late = step.moment - step.purchase.time
            assert timedelta() <= late <= timedelta(days=disorder.days)
        seen.add(step.purchase.id)
    assert seen == {purchase.id for purchase in log.purchases}
    assert again == disorder.duplicates


def test_disorder_is_the_same_for_the_same_seed_and_real() -> None:
    purchases = bought("a", *[n / 10 for n in range(50)])
    log = Log(SOURCE, purchases, END)

    def order(seed: int) -> list[datetime]:
        return [s.purchase.time for s in timetable(log, Disorder(3, 5, seed)) if isinstance(s, Arrival)]

    assert order(1) == order(1)
    assert order(1) != order(2)
    assert order(1) != sorted(order(1))
