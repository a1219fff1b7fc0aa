import io

import pytest

from deploy.console.narration import Narration

LINES = ("downloading jars: 1 of 2", "downloading jars: 2 of 2", "starting Kafka")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("out", "told"),
    [
        (Terminal(), "downloading jars: 1 of 2\n\x1b[1A\x1b[2Kdownloading jars: 2 of 2\nstarting Kafka\n"),
        (io.StringIO(), "downloading jars: 1 of 2\nstarting Kafka\n"),
    ],
    ids=["on a terminal in place", "elsewhere once"],
)
def test_a_counter_is_told(out: io.StringIO, told: str) -> None:
    narration = Narration(out)
    for line in LINES:
        narration(line)
    assert out.getvalue() == told
