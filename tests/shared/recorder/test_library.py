"""The library's own tests of a recorder, on a log that only its service writes.

They write what they read, so here the recorder is given what ours refuses: `insert_events`, which writes as
the service does, a batch in one transaction. What doesn't fit, and why:
- Versions from 0 (`AggregateRecorderTestCase`, the tests of concurrency): ours begin with 1, `ZeroBasedLog`.
- Ids known beforehand (`test_insert_select`): ours have gaps, `NumberedLog` tells them by their order. All
  others run on the ids as they are.
- `test_performance`, `test_concurrent_throughput`: time inserts, which only this test's recorder has.
- `TrackingRecorderTestCase`, `ProcessRecorderTestCase`, and the same in `InfrastructureFactoryTestCase`: a
  service's log keeps no view and no tracking of its followers; that it says so is tested in their place.
- `test_mapper_with_wrong_cipher_key`: writes through the mapper, and what is published isn't encrypted.
"""

from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    NotSupportedError,
    ProcessRecorder,
    TrackingRecorder,
)
from eventsourcing.popo import POPOTrackingRecorder
from eventsourcing.tests import persistence
from eventsourcing.utils import Environment

from deploy.provisioning.databases import Database
from shared.recorder.blocking_pool import BlockingPool
from shared.recorder.factory import LogFactory
from shared.recorder.recorder import LogRecorder
from tests.shared.recorder.writing import NumberedLog, TellingRecorder, WritableRecorder, ZeroBasedLog

pytestmark = pytest.mark.system


class OnALog:
    """A new log for each test; streams are named by texts."""

    database: Database
    pool: BlockingPool

    @pytest.fixture(autouse=True)
    def _of_its_own(self, database: Database, reading: BlockingPool) -> None:
        self.database, self.pool = database, reading

    def new_originator_id(self) -> UUID | str:
        return f"reminder-{uuid4()}"


class TestAggregateRecorder(OnALog, persistence.AggregateRecorderTestCase):
    test_performance = None  # type: ignore[assignment]

    def create_recorder(self) -> WritableRecorder:
        return WritableRecorder(self.database.url, self.pool)


class TestApplicationRecorder(OnALog, persistence.ApplicationRecorderTestCase[TellingRecorder]):
    EXPECT_CONTIGUOUS_NOTIFICATION_IDS = False
    log = ZeroBasedLog
    test_performance = test_concurrent_throughput = None  # type: ignore[assignment]

    def create_recorder(self) -> TellingRecorder:
        return TellingRecorder(self.database.url, self.pool, self.log)

    def test_insert_select(self) -> None:
        self.log = NumberedLog
        super().test_insert_select()

    def test_insert_subscribe(self) -> None:
        super().optional_test_insert_subscribe()


class TestNonInterleavingNotificationIDs(OnALog, persistence.NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> ApplicationRecorder:
        return WritableRecorder(self.database.url, self.pool)


class TestInfrastructureFactory(OnALog, persistence.InfrastructureFactoryTestCase[LogFactory]):
    test_mapper_with_wrong_cipher_key = None  # type: ignore[assignment]

    def setUp(self) -> None:
        self.env = Environment(
            env={"PERSISTENCE_MODULE": "shared.recorder.factory", "EVERGREEN_DATABASE": self.database.url}
        )
        super().setUp()

    def test_create_tracking_recorder(self) -> None:
        with pytest.raises(NotSupportedError, match=r"PERSISTENCE_MODULE says where the follower keeps them"):
            self.factory.tracking_recorder()

    def test_create_process_recorder(self) -> None:
        with pytest.raises(NotSupportedError, match=r"PERSISTENCE_MODULE says where the follower keeps them"):
            self.factory.process_recorder()

    def expected_factory_class(self) -> type[LogFactory]:
        return LogFactory

    def expected_aggregate_recorder_class(self) -> type[AggregateRecorder]:
        return LogRecorder

    def expected_application_recorder_class(self) -> type[ApplicationRecorder]:
        return LogRecorder

    def expected_tracking_recorder_class(self) -> type[TrackingRecorder]:
        return POPOTrackingRecorder

    def tracking_recorder_subclass(self) -> type[TrackingRecorder]:
        return POPOTrackingRecorder

    def expected_process_recorder_class(self) -> type[ProcessRecorder]:
        raise NotImplementedError
