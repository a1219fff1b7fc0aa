"""The topics by name, and the vocabulary that each of them speaks."""

from collections.abc import Mapping

from shared.contracts.acquisition import ACQUISITION
from shared.contracts.conversion import CONVERSION
from shared.contracts.fact import Vocabulary
from shared.contracts.insight import INSIGHT
from shared.contracts.retention import RETENTION
from shared.contracts.signals import SIGNALS

DEAD_LETTERS = "dead-letters"
PARTITIONS = 6
"""Of every topic, as `topics.yaml` provisions them: partition p of all topics is one closed world."""
VOCABULARIES: Mapping[str, Vocabulary] = {
    "signals": SIGNALS,
    "acquisition": ACQUISITION,
    "conversion": CONVERSION,
    "retention": RETENTION,
    "insight": INSIGHT,
}
TOPICS = (*VOCABULARIES, DEAD_LETTERS)
LARGEST_BYTES, LARGEST_DEAD_LETTER = 1_048_588, 2_097_152
"""Of a record, as `topics.yaml` provisions them: Kafka's own limit, and that of `dead-letters`."""
STAGES = ("acquisition", "conversion", "retention", "insight")
STAGE_SOURCES = frozenset(f"/evergreen/{stage}" for stage in STAGES)
"""Each speaks on its own topic alone: so no event of one topic is ever taken for one of another."""
