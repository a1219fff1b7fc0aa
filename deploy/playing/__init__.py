"""A log of purchases played into `signals`, paced by event time."""
