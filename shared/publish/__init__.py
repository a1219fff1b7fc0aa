"""From the log in PostgreSQL to Kafka."""
