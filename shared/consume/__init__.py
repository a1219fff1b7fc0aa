"""From records on Kafka to batches: read, admitted or refused, taken once."""
