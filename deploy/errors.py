"""What can go wrong that a person can do something about."""


class Trouble(Exception):
    """An expected failure, shown without a traceback: its message names the thing, the value, the way out."""
