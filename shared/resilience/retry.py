"""An outage is waited out: again and again, a little later each time, until it works or is given up."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from typing import TypeVar

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, TopicAuthorizationFailedError

from shared.kafka import kafka_client
from shared.observe import metrics
from shared.resilience.transient import Outage, is_outage

log = logging.getLogger(__name__)
T = TypeVar("T")
LONGEST = 1.0


async def retry(
    attempt: Callable[[], Awaitable[T]],
    what: str,
    *,
    between: Callable[[], Awaitable[None]] | None = None,
    give_up: Callable[[], bool] = lambda: False,
) -> T:
    """The attempt's answer, once it has one. `between` is run before each further attempt.

    Errors: `Outage` when `give_up` says so; whatever waiting cannot heal, at once.
    """
    pause = 0.02
    while True:
        try:
            return await attempt()
        except Exception as error:
            if not is_outage(error) and not isinstance(error, KafkaError):
                raise
            metrics.RETRIES.labels(type(error).__name__).inc()
            log.warning("%s: again in %.2f s: %s: %s", what, pause, type(error).__name__, error)
        if give_up():
            raise Outage(f"{what}: given up")
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST)
        if between is not None:
            await between()


async def probe(kafka: str, topics: Collection[str] = ()) -> None:
    """Whether anybody answers, and lets us see these topics. Errors: `KafkaError`.

    A FastStream broker that fails to start leaves a producer behind each time, and a consumer that may
    not see its topics waits for them in silence.
    """
    client = AIOKafkaClient(**kafka_client(kafka))
    try:
        await client.bootstrap()
        if topics:
            await client.set_topics(topics)
        if hidden := client.cluster.unauthorized_topics:
            raise TopicAuthorizationFailedError(", ".join(sorted(hidden)))
    finally:
        await client.close()
