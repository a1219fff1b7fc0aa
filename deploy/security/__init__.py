"""Who may speak to Kafka, and what each may do there."""
