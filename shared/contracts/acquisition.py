"""`acquisition`: who this person is, where they came from, and whether they are a lead worth a call."""

from shared.contracts.fact import Fact, Moment, Several, Text, Whole, vocabulary
from shared.contracts.signals import SourceHeartbeat


class Points(Fact):
    """Why a score is what it is: one reason and what it counted."""

    type = "acquisition.points"
    reason: Text
    points: Whole


class LeadCaptured(Fact):
    """First touch: from here on this person is followed."""

    type = "acquisition.lead_captured"
    channel: Text
    campaign: Text | None = None


class LeadScored(Fact):
    """Something the lead did, at `heard_at`, changed the score."""

    type = "acquisition.lead_scored"
    reason: Text
    points: Whole
    score: Whole
    heard_at: Moment


class LeadQualified(Fact):
    """The score reached the threshold; `because` lists every reason and its points."""

    type = "acquisition.lead_qualified"
    score: Whole
    threshold: Whole
    because: Several[Points]


class LeadWentCold(Fact):
    """Nothing more was heard of an unqualified lead for `after_days`."""

    type = "acquisition.lead_went_cold"
    after_days: Whole


ACQUISITION = vocabulary(LeadCaptured, LeadScored, LeadQualified, LeadWentCold, SourceHeartbeat)
