"""What a service counts, for Prometheus. Labels name topics, types and reasons, never a customer."""

from prometheus_client import Counter, Gauge, Histogram

LAG_RECORDS = Gauge(
    "evergreen_lag_records", "Records on the topic that this service has not taken.", ["topic"]
)
LAG_SECONDS = Gauge(
    "evergreen_lag_seconds",
    "Wall clock minus the record timestamp of the last record taken, when it was taken.",
    ["topic"],
)

BATCH_RECORDS = Histogram(
    "evergreen_batch_records",
    "Records in one batch.",
    buckets=(1, 3, 10, 30, 100, 300, 1_000, 2_000, 5_000, 10_000),
)
BATCH_SECONDS = Histogram(
    "evergreen_batch_seconds",
    "Seconds from a batch in hand to its transaction committed.",
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0),
)

EVENTS = Counter(
    "evergreen_events",
    "Records taken, by what became of them: applied, duplicate, refused, dead_letter.",
    ["topic", "outcome"],
)
FACTS = Counter("evergreen_facts", "Facts decided and stored, by event type.", ["type"])
DEAD_LETTERS = Counter(
    "evergreen_dead_letters",
    "Records kept as dead letters and sent to dead-letters, by the topic they lay on.",
    ["topic"],
)
REDRIVEN = Counter(
    "evergreen_redriven",
    "Dead letters heard again, by what became of them: applied, known, failed.",
    ["topic", "outcome"],
)
CONFLICTS = Counter("evergreen_conflicts", "Transactions given up because another writer was first.")
RETRIES = Counter("evergreen_retries", "Batches tried again, by the kind of error.", ["reason"])

CONDITION = Gauge(
    "evergreen_condition",
    "1 while this is said in /readyz, 0 once it is over; kind: not_ready or attention.",
    ["name", "kind"],
)

RELAY_DEPTH = Gauge("evergreen_relay_depth", "Stored facts, heartbeats and dead letters not published yet.")
RELAY_AGE = Gauge(
    "evergreen_relay_age_seconds", "Age of the oldest that is not published yet; 0 when none is."
)
RELAY_PUBLISHED = Counter(
    "evergreen_relay_published", "Records that the relay published and Kafka acknowledged."
)
RELAY_REFUSED = Gauge(
    "evergreen_relay_refused", "1 while something keeps the relay from publishing that waiting does not heal."
)
RELAY_REBUILT = Counter("evergreen_relay_rebuilt", "Producers thrown away and built again after an error.")

TIMER_BACKLOG = Gauge(
    "evergreen_timer_backlog",
    "Timer moments that the clock of their partition has passed and nobody has fired.",
)
TIMERS_FIRED = Counter("evergreen_timers_fired", "Timers fired: a stream was told that its moment had come.")
QUARANTINED = Gauge(
    "evergreen_quarantined_streams", "Streams that were set aside because their own rules fail."
)
SOURCES = Gauge(
    "evergreen_sources",
    "Sources that the clocks know, by their worst state: live, expired (silent past its lease), closed.",
    ["state"],
)
WATERMARK_AGE = Gauge(
    "evergreen_watermark_age_seconds", "Wall clock minus the watermark of the partition.", ["partition"]
)
