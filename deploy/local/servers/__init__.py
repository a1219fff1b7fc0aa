"""Apache Kafka from its jars and PostgreSQL from a wheel."""
