"""Retention hears conversion and insight; it keeps relationships and cares for those at risk."""

from services.retention.care import CARE
from services.retention.reactions import react
from services.retention.relationship import RELATIONSHIP
from shared.contracts.conversion import CONVERSION
from shared.contracts.insight import INSIGHT
from shared.contracts.retention import RETENTION
from shared.core.batch import Stage
from shared.service.runtime import Service, run
from shared.service.stage import stage_handler

HEARS = {"conversion": CONVERSION, "insight": INSIGHT}
STAGE = Stage(
    "retention",
    {"relationship": RELATIONSHIP, "care": CARE},
    react,
    ticks=frozenset(HEARS),
    awaits=frozenset({"/evergreen/conversion", "/evergreen/insight"}),
)
SERVICE = Service(
    name="retention", hears=HEARS, dead_letters_for=frozenset(HEARS), handler=stage_handler(STAGE, RETENTION)
)

if __name__ == "__main__":
    run(SERVICE)
