"""Acquisition hears signals and keeps leads. It also keeps, for all, the signals nobody can read."""

from services.acquisition.lead import LEAD
from services.acquisition.reactions import react
from shared.contracts.acquisition import ACQUISITION
from shared.contracts.signals import SIGNALS
from shared.core.batch import Stage
from shared.service.runtime import Service, run
from shared.service.stage import stage_handler

STAGE = Stage("acquisition", {"lead": LEAD}, react, ticks=frozenset({"signals"}))
SERVICE = Service(
    name="acquisition",
    hears={"signals": SIGNALS},
    dead_letters_for=frozenset({"signals"}),
    handler=stage_handler(STAGE, ACQUISITION),
)

if __name__ == "__main__":
    run(SERVICE)
