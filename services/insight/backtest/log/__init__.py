"""A log of events as columns, and what is known of it when."""
