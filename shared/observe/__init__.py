"""What a running service shows: metrics, traces, logs, health."""
