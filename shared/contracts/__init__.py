"""The published language: every event type that crosses a topic, and nothing else."""
