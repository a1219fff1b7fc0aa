"""What can go wrong that a person can do something about."""


class Trouble(Exception):
    """An expected failure: its message names the thing, the value and the way out. Shown without a traceback."""
