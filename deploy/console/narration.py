"""What goes on, told line by line: on a terminal a counter counts in place, elsewhere it is told once."""

import sys
from typing import TextIO


class Narration:
    """Called with lines; those with the same words before a colon are steps of one counter."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._subject = ""

    def __call__(self, line: str) -> None:
        subject, counts, _ = line.partition(":")
        again = bool(counts) and subject == self._subject
        self._subject = subject
        if not again:
            print(line, file=self._out, flush=True)
        elif self._out.isatty():
            # Up a line, and over what stood there.
            print(f"\x1b[1A\x1b[2K{line}", file=self._out, flush=True)
