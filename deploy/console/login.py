"""Who decides, where nobody says so."""

import getpass


def login() -> str:
    """Who runs this, or `owner` where nobody is logged in, as in a container."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "owner"
