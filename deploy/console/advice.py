"""Commands that services and errors advise, as they are typed from where the user is, for the house meant."""

import re
import shlex
from pathlib import Path

from deploy.console.directory import DEFAULT
from deploy.places import ROOT
from shared.contracts.topics import STAGES

HOUSELESS, REFUSE = ("provision", "backtest"), "refuse"
COMMAND = re.compile(
    r"(?<![\w./-])(?:\./)?evergreen (?P<words>(?:up|down|clean|status|demo|provision|publish|play|tail"
    r"|journey|positions|quarantine|rebase|dead-letter|redrive|refuse|backtest|rule|alert)\b"
    r"(?: (?:list|accept|release)\b| add\b(?: \S+ \S+(?= --))?)?)"
)


def complete(text: str, directory: Path) -> str:
    """The text with every command in it made complete: a service does not know in which house it runs.

    A text that begins with a service's name is said of that service.
    """
    here, place = Path.cwd(), directory.resolve()
    program = "./evergreen" if here == ROOT else shlex.quote(str(ROOT / "evergreen"))
    path = place.relative_to(here) if place.is_relative_to(here) else place
    house = "" if place == DEFAULT else f" --directory {shlex.quote(str(path))}"
    begins = re.match("[a-z]+", text)
    whose = f" --service {begins[0]}" if begins and begins[0] in STAGES else ""

    def typed(found: re.Match[str]) -> str:
        words = found["words"]
        return f"{program} {words}{whose if words == REFUSE else ''}{'' if words in HOUSELESS else house}"

    return COMMAND.sub(typed, text)
