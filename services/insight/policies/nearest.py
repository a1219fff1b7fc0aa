"""A name that nobody knows, and the ones that may have been meant."""

from collections.abc import Iterable
from difflib import get_close_matches

FAR = 0.5
"""Below this likeness (difflib's ratio) a name is no slip of another."""


def meant(name: str, known: Iterable[str]) -> str:
    """`did you mean fewest_gaps? there are fewest_gaps, seldom, shortest`."""
    names = list(known)
    if not names:
        return "there are none"
    near = get_close_matches(name, names, 1, FAR)
    said = f"did you mean {near[0]}? " if near else ""
    return f"{said}there {'is' if len(names) == 1 else 'are'} {', '.join(names)}"
