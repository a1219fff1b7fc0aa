"""P(silent) as insight saw it on any morning: by the parameters in force in that week."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from deploy.demo.report.journey_picture import Silent
from shared.contracts.insight import SilenceModelFitted

WEEK = timedelta(weeks=1)


def silent_by(fits: Mapping[int, SilenceModelFitted], origin: datetime) -> Silent:
    """By the weekly fits, their weeks counted from the origin; None before the first that was accepted."""
    from services.insight.risk.mbg.mbg import Parameters, p_silent
    from services.insight.churn.policy import Policy

    horizon = Policy().horizon_weeks
    versions = {fit.params_version: fit for fit in fits.values()}
    in_force = {week: versions.get(fit.in_force or "") for week, fit in sorted(fits.items())}

    def silent(moment: datetime, repeats: int, recency: float, age: float) -> float | None:
        week = (moment - origin) // WEEK
        known = max((each for each in in_force if each <= week), default=None)
        fit = in_force[known] if known is not None else None
        if fit is None:
            return None
        return p_silent(Parameters(fit.r, fit.alpha, fit.a, fit.b), repeats, recency, age, horizon)

    return silent
