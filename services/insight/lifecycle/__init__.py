"""What becomes of an alert: who looks after it, who will not hear of it now, how it ended. Pure."""
