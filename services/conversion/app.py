"""Conversion hears signals and turns users into customers."""

from services.conversion.customer import CUSTOMER
from services.conversion.reactions import react
from shared.contracts.conversion import CONVERSION
from shared.contracts.signals import SIGNALS
from shared.core.batch import Stage
from shared.service.runtime import Service, run
from shared.service.stage import stage_handler

STAGE = Stage("conversion", {"customer": CUSTOMER}, react, ticks=frozenset({"signals"}))
SERVICE = Service(name="conversion", hears={"signals": SIGNALS}, handler=stage_handler(STAGE, CONVERSION))

if __name__ == "__main__":
    run(SERVICE)
