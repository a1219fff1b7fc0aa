"""The persistence module of a service's log: `PERSISTENCE_MODULE=shared.recorder.factory`.

`EVERGREEN_DATABASE` says which log. As everywhere in the library, an application's name in front makes a
setting its own (`SALES_EVERGREEN_DATABASE` for one called Sales), so that its view can live elsewhere.
"""

from typing import cast

from eventsourcing.domain import TAggregateID
from eventsourcing.persistence import (
    InfrastructureFactory,
    InfrastructureFactoryError,
    Mapper,
    NotSupportedError,
    ProcessRecorder,
    TrackingRecorder,
    Transcoder,
)
from eventsourcing.utils import Environment

from shared.recorder.blocking_pool import BlockingPool
from shared.recorder.log import Log
from shared.recorder.mapper import EventMapper
from shared.recorder.recorder import LogRecorder

DATABASE = "EVERGREEN_DATABASE"
ELSEWHERE = (
    "a service's log keeps no views, trackings or snapshots of its followers: PERSISTENCE_MODULE says where "
    "the follower keeps them, such as eventsourcing.sqlite; shared.recorder.factory is named with the "
    "application's name in front"
)


class LogFactory(InfrastructureFactory[TrackingRecorder]):
    """Reads one log; connects with the first recorder, and closes with the application."""

    def __init__(self, env: Environment) -> None:
        super().__init__(env)
        self._pool: BlockingPool | None = None

    def application_recorder(self) -> LogRecorder:
        """Errors: `InfrastructureFactoryError` without a database, `OperationalError` when it is away."""
        if self._pool is None:
            self._pool = BlockingPool(self._database())
        return LogRecorder(Log(self._pool))

    def aggregate_recorder(self, purpose: str = "events") -> LogRecorder:
        """Errors: `NotSupportedError` for any purpose but events."""
        if purpose != "events":
            raise NotSupportedError(ELSEWHERE)
        return self.application_recorder()

    def tracking_recorder(
        self, tracking_recorder_class: type[TrackingRecorder] | None = None
    ) -> TrackingRecorder:
        """Errors: `NotSupportedError`, always."""
        raise NotSupportedError(ELSEWHERE)

    def process_recorder(self) -> ProcessRecorder:
        """Errors: `NotSupportedError`, always."""
        raise NotSupportedError(ELSEWHERE)

    def mapper(
        self, transcoder: Transcoder | None = None, mapper_class: type[Mapper[TAggregateID]] | None = None
    ) -> Mapper[TAggregateID]:
        """`EventMapper`, unless told another."""
        if mapper_class is None and not self.env.get(self.MAPPER_TOPIC):
            mapper_class = cast("type[Mapper[TAggregateID]]", EventMapper)
        return super().mapper(transcoder, mapper_class)

    def close(self) -> None:
        if self._pool is not None:
            self._pool.close()

    def _database(self) -> str:
        if url := self.env.get(DATABASE):
            return url
        own = f" or {self.env.name.upper()}_{DATABASE}" if self.env.name else ""
        raise InfrastructureFactoryError(
            f"{DATABASE}{own} is not set; for example {DATABASE}=postgresql://reader:secret@localhost/house"
        )
