"""What must be set on a topic that somebody else made, or changed since."""

from collections.abc import Iterable

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from deploy.errors import Trouble

KEPT = {
    # By the producer's time an old log would be past its retention on arrival, and who took which event
    # would hang on when it was read.
    "message.timestamp.type": "LogAppendTime",
    # Compaction leaves the last event of each customer, and who reads does not see that others were there.
    "cleanup.policy": "delete",
}


async def check_settings(admin: AIOKafkaAdminClient, names: Iterable[str]) -> None:
    """Trouble when one is another. Who may not ask Kafka is told nothing."""
    asked = [ConfigResource(ConfigResourceType.TOPIC, name, dict.fromkeys(KEPT)) for name in names]
    for answer in await admin.describe_configs(asked):
        for error, _, _, name, found in answer.resources:
            if not error:
                _check(name, {entry[0]: entry[1] for entry in found})


def _check(name: str, found: dict[str, str]) -> None:
    for setting, wanted in KEPT.items():
        if (there := found.get(setting, wanted)) != wanted:
            raise Trouble(
                f"topic {name} has {setting}={there} where {wanted} is due, or events are lost or refused: "
                f"kafka-configs.sh --alter --topic {name} --add-config {setting}={wanted}"
            )
