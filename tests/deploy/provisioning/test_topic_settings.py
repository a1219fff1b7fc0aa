"""A topic that somebody else made is used only if nothing is lost on it."""

from uuid import uuid4

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.errors import Trouble
from deploy.local.house.house import House
from deploy.provisioning.topics import Topic, provide

pytestmark = pytest.mark.system


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("message.timestamp.type", "CreateTime"),
        ("cleanup.policy", "compact"),
        ("cleanup.policy", "compact,delete"),
    ],
)
async def test_a_topic_on_which_events_would_be_lost_is_refused(
    house: House, setting: str, value: str
) -> None:
    name = f"made-{uuid4().hex[:8]}"
    admin = AIOKafkaAdminClient(bootstrap_servers=house.kafka.bootstrap)
    await admin.start()
    await admin.create_topics(
        [NewTopic(name, 6, 1, topic_configs={"message.timestamp.type": "LogAppendTime", setting: value})]
    )
    await admin.close()
    with pytest.raises(Trouble, match=f"topic {name} has {setting}={value} .* --add-config {setting}="):
        await provide(house.kafka.bootstrap, [Topic(name, 6, retention_days=1)])


async def test_a_topic_that_we_made_is_used_again(house: House) -> None:
    ours = [Topic(f"made-{uuid4().hex[:8]}", 6, retention_days=1)]
    await provide(house.kafka.bootstrap, ours)
    await provide(house.kafka.bootstrap, ours)
