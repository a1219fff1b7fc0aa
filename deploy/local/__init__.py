"""The house on this machine alone: Kafka from its jars, PostgreSQL from a wheel, the services as processes."""
