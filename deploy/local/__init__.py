"""The house on this machine: Kafka from its jars, PostgreSQL from a wheel, the services as processes."""
