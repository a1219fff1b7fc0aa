"""A lead: captured at the first touch, scored by what it does, qualified once, cold when left alone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from services.acquisition.score import COLD_AFTER_DAYS, THRESHOLD, points_for
from shared.contracts.acquisition import LeadCaptured, LeadQualified, LeadScored, LeadWentCold, Points
from shared.core.decider import Decider, TimerRule

Fact = LeadCaptured | LeadScored | LeadQualified | LeadWentCold


@dataclass(frozen=True, slots=True)
class Notice:
    """The person did something: through which channel, of which campaign, and what it was."""

    reason: str
    channel: str
    campaign: str | None = None


@dataclass(frozen=True, slots=True)
class Lead:
    because: tuple[Points, ...] = ()
    qualified: bool = False
    cold: bool = False
    heard_at: datetime | None = None

    @property
    def score(self) -> int:
        return sum(points.points for points in self.because)


def decide(lead: Lead | None, command: Notice, at: datetime) -> Sequence[Fact]:
    return [*_captured(lead, command), *_scored(lead or Lead(), command, at)]


def fire(lead: Lead | None, at: datetime) -> Sequence[Fact]:
    ends = due(lead)
    left_alone = ends is not None and at >= ends
    return [LeadWentCold(after_days=COLD_AFTER_DAYS)] if left_alone else []


def _captured(lead: Lead | None, notice: Notice) -> Sequence[Fact]:
    return [] if lead else [LeadCaptured(channel=notice.channel, campaign=notice.campaign)]


def _scored(lead: Lead, notice: Notice, at: datetime) -> Sequence[Fact]:
    counted = points_for(notice.reason, lead.because)
    heard_at = max(at, lead.heard_at or at)
    if lead.qualified or (counted == 0 and not _quiet_for_a_day(lead, at)):
        return []  # a qualified lead is not scored again; a reason counts only so often
    because = (*lead.because, Points(reason=notice.reason, points=counted))
    score = lead.score + counted
    scored = LeadScored(reason=notice.reason, points=counted, score=score, heard_at=heard_at)
    if score < THRESHOLD:
        return [scored]
    return [scored, LeadQualified(score=score, threshold=THRESHOLD, because=because)]


def _quiet_for_a_day(lead: Lead, at: datetime) -> bool:
    """Then even a sign that scores nothing is worth a fact: it keeps the lead warm."""
    return lead.heard_at is not None and at - lead.heard_at >= timedelta(days=1)


def evolve(lead: Lead | None, fact: Fact) -> Lead | None:
    lead = lead or Lead()
    match fact:
        case LeadCaptured():
            return lead
        case LeadScored(reason=reason, points=points, heard_at=heard_at):
            because = (*lead.because, Points(reason=reason, points=points))
            return replace(lead, because=because, heard_at=heard_at, cold=False)
        case LeadQualified():
            return replace(lead, qualified=True)
        case LeadWentCold():
            return replace(lead, cold=True)
        case _:
            assert_never(fact)


def due(lead: Lead | None) -> datetime | None:
    if lead is None or lead.qualified or lead.cold or lead.heard_at is None:
        return None
    return lead.heard_at + timedelta(days=COLD_AFTER_DAYS)


LEAD: Decider[Lead | None, Notice, Fact] = Decider("lead", None, decide, evolve, TimerRule(due, fire))
