import io
from datetime import timedelta

import asyncpg
import pytest
from rich.console import Console

from deploy.demo.kills import strike
from deploy.demo.report.alerts import Alert
from deploy.demo.report.gone_quiet import gone_quiet
from deploy.demo.report.summary import Outcome, summary
from deploy.demo.report.table import tell
from deploy.demo.watching import drain
from deploy.demo.watching.drain import Patience
from deploy.demo.watching.gauges import HEARS, Gauges, Reading, stuck
from deploy.demo.watching.screen import Screen
from deploy.errors import Trouble
from deploy.playing.player import Played
from tests.deploy.purchases.bought import alert, bought, log_of, on

LOG = log_of(*bought("a", 0, 300), *bought("b", 2), until=400)
ENDS = {("signals", 0): 5, ("signals", 1): 7}
DONE = Reading(
    judged={0: LOG.end, 1: LOG.end},
    behind={("insight", ("signals", 0)): 0},
    unpublished={"insight": 0},
    ends=ENDS,
)


def test_a_house_that_has_taken_published_and_judged_everything_is_not_stuck() -> None:
    assert stuck(DONE, LOG.end) == []


def test_a_log_that_ends_within_a_day_is_done_when_its_last_morning_was_judged() -> None:
    """As one does that was exported today, or whose midnight is not UTC's."""
    assert stuck(DONE, LOG.end + timedelta(hours=15)) == []


@pytest.mark.parametrize(
    ("reading", "said"),
    [
        (
            Reading(DONE.stages, judged=DONE.judged, ends=ENDS, behind={("insight", ("signals", 0)): 3}),
            "3 records of signals/0",
        ),
        (
            Reading(DONE.stages, judged=DONE.judged, ends=ENDS, unpublished={"retention": 2}),
            "retention has not published 2",
        ),
        (Reading(DONE.stages, judged={0: LOG.end}, ends=ENDS), "judged partition 1 not at all"),
        (Reading(DONE.stages, judged={0: LOG.end, 1: on(9)}, ends=ENDS), "partition 1 only up to 2024-01-10"),
    ],
)
def test_what_is_stuck_is_named(reading: Reading, said: str) -> None:
    assert said in "; ".join(stuck(reading, LOG.end))


async def test_a_server_killed_in_the_middle_of_a_look_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """As asyncpg said when PostgreSQL was killed between two messages of one answer."""
    gauges = Gauges({}, "127.0.0.1:1")

    async def torn() -> Reading:
        raise asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress")

    monkeypatch.setattr(gauges, "_read", torn)
    assert await gauges.read() is None


def test_every_stage_hears_what_it_stands_on() -> None:
    assert set(HEARS) == {"acquisition", "conversion", "retention", "insight"}


def test_patience_ends_when_nothing_moves_and_says_what_is_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drain, "STILL_FOR", -1.0)
    patience = Patience(LOG.end, lambda: "\nlast words")
    with pytest.raises(Trouble, match=r"(?s)judged partition 0 not at all.*last words"):
        patience.heed(Reading(ends=ENDS))


def test_patience_lasts_while_anything_moves() -> None:
    patience = Patience(LOG.end, lambda: "")
    for lag in range(5):
        patience.heed(Reading(behind={("insight", ("signals", 0)): lag}))


@pytest.mark.parametrize("terminal", [True, False])
def test_the_screen_tells_how_far_the_playing_and_the_judging_are(terminal: bool) -> None:
    said = io.StringIO()
    console = Console(file=said, force_terminal=terminal, width=120)
    with Screen(LOG, console) as screen:
        screen.played = Played(signals=2, moment=on(300), began=1.0)
        facts = {"insight": {"insight.churn_risk_raised": 7}}
        screen.reading = Reading({"customer": 1, "regular": 1}, facts, {0: on(200)})
        screen.show()
    assert "2024-10-27" in said.getvalue()
    assert "2024-07-19" in said.getvalue()
    assert "7" in said.getvalue()


@pytest.mark.parametrize("alerts", [[], [alert("b", 60), alert("a", 90, "resolved", 300)]])
def test_the_report_tells_people_who_has_gone_quiet(alerts: list[Alert]) -> None:
    said = io.StringIO()
    outcome = Outcome(LOG, Played(signals=3), 2.0, {"insight": {}}, alerts, {})
    tell(Console(file=said, width=120), summary(outcome), gone_quiet(LOG, alerts), [])
    assert ("2024-01-03" if alerts else "No customer is about to leave") in said.getvalue()
    assert "none yet" in said.getvalue()


async def test_everything_is_killed_once_and_started_again() -> None:
    done: list[str] = []

    class House:
        def kill(self, name: str) -> None:
            done.append(f"kill {name}")

        def restart(self, name: str) -> None:
            done.append(f"start {name}")

    told: list[str] = []
    assert await strike(House(), ["kafka", "insight"], 0.02, 1, told.append) == 2
    assert sorted(done) == ["kill insight", "kill kafka", "start insight", "start kafka"]
    assert [word.split()[1] for word in done[::2]] == [word.split()[1] for word in done[1::2]]
    assert len(told) == 4
