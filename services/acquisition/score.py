"""The qualification score: explicit, so that anyone can say why a lead was worth a call."""

from collections.abc import Sequence

from shared.contracts.acquisition import Points

THRESHOLD = 50
COLD_AFTER_DAYS = 90
POINTS = {"touch": 10, "signed_up": 30, "paid": 60}
AT_MOST = {"touch": 3, "signed_up": 1, "paid": 1}
"""How often a reason counts: a hundred page views are not an intent to buy."""


def points_for(reason: str, counted: Sequence[Points]) -> int:
    """What this reason adds to those already counted. Errors: KeyError for a reason nobody scored."""
    times = sum(points.reason == reason for points in counted)
    return POINTS[reason] if times < AT_MOST[reason] else 0
