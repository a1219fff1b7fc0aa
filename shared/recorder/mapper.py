"""From stored bytes to the typed event, by the reading with which its service recalls it."""

from collections import ChainMap
from dataclasses import dataclass

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, MapperDeserialisationError, NotSupportedError, StoredEvent

from shared.contracts.event import Event
from shared.contracts.reading import Unreadable, recall
from shared.contracts.topics import VOCABULARIES

EVERYTHING = ChainMap(*map(dict, VOCABULARIES.values()))
READ_ONLY = "events of this log are decided by its service alone: they are read here, never written"


@dataclass(frozen=True)
class RecordedEvent:
    """One version of the stream `originator_id`; `event.data` is the fact, such as `CustomerWon`."""

    originator_id: str
    originator_version: int
    event: Event


class EventMapper(Mapper[str]):
    """Makes `RecordedEvent`s. Stored is what was published: no transcoder, compressor or cipher is asked."""

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredEvent:
        """Errors: `NotSupportedError`, always."""
        raise NotSupportedError(READ_ONLY)

    def to_domain_event(self, stored_event: StoredEvent) -> RecordedEvent:
        """Errors: `MapperDeserialisationError` for a fact that is newer than this follower."""
        stream, version = str(stored_event.originator_id), stored_event.originator_version
        try:
            return RecordedEvent(stream, version, recall(stored_event.state, EVERYTHING))
        except Unreadable as error:
            raise MapperDeserialisationError(
                f"version {version} of {stream} can't be read, follow with the release that wrote it: {error}"
            ) from error
