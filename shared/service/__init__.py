"""What a service opens, runs, watches and closes."""
