"""What `evergreen quarantine` says of what it cannot do."""

from argparse import Namespace

import pytest

from deploy.commands.recovery.quarantine import run
from deploy.errors import Trouble


@pytest.mark.parametrize(
    ("names", "reason", "why"),
    [
        (["aquisition", "lead-42"], "it fails", "no service aquisition: there are acquisition, conversion"),
        (["acquisition"], "it fails", "which stream"),
        (["acquisition", "lead-42"], None, "--reason"),
        ([], None, "say which service"),
    ],
)
def test_what_cannot_be_set_aside_is_named_with_the_way_out(
    names: list[str], reason: str | None, why: str
) -> None:
    with pytest.raises(Trouble, match=why):
        run(Namespace(what="add", names=names, reason=reason, all=False, postgres="postgresql://nobody/x"))
