from pathlib import Path

import pytest

from tests.structure.checks.clocks import clock_reads
from tests.structure.checks.purity import breaches
from tests.structure.planting import plant


def test_only_the_shells_reach_clock_network_disk_or_chance(checkout: Path) -> None:
    assert breaches(checkout) == []


def test_only_the_shells_read_the_wall_clock(checkout: Path) -> None:
    assert clock_reads(checkout) == []


def test_a_house_in_order_has_no_breach(tmp_path: Path) -> None:
    root = plant(tmp_path)
    assert breaches(root) == []
    assert clock_reads(root) == []


@pytest.mark.parametrize(
    "module", ["asyncio", "asyncpg", "aiokafka", "os.path", "opentelemetry.trace", "random"]
)
def test_a_page_that_imports_something_impure_is_named(tmp_path: Path, module: str) -> None:
    root = plant(tmp_path, services__retention__care=f"import {module}\n")
    assert breaches(root) == [f"services.retention.care -> {module.partition('.')[0]}"]


def test_a_page_that_reaches_it_through_others_is_named_with_the_chain(tmp_path: Path) -> None:
    root = plant(
        tmp_path, shared__clock="import shared.hours\n", shared__hours="from time import monotonic\n"
    )
    assert "services.retention.care -> shared.clock -> shared.hours -> time" in breaches(root)


def test_a_page_that_leans_on_a_shell_is_named(tmp_path: Path) -> None:
    root = plant(tmp_path, services__conversion__trial="def load():\n    import shared.storage.postgres\n")
    assert breaches(root) == ["services.conversion.trial -> shared.storage.postgres"]


def test_a_mechanism_may_stand_beside_a_shell(tmp_path: Path) -> None:
    assert breaches(plant(tmp_path, shared__clock="import shared.storage.postgres\n"))[0].startswith(
        "services."
    )
    assert not any(each.startswith("shared.") for each in breaches(tmp_path))


def test_an_import_for_types_alone_is_no_breach(tmp_path: Path) -> None:
    for_types = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import asyncio\n"
    assert breaches(plant(tmp_path, services__retention__care=for_types)) == []


def test_imports_that_cannot_be_read_are_an_error_and_not_a_pass(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"care\.py"):
        breaches(plant(tmp_path, services__retention__care="import (\n"))


@pytest.mark.parametrize("read", ["datetime.now(UTC)", "datetime.datetime.utcnow()", "date.today()"])
def test_a_page_that_reads_the_wall_clock_is_named_with_its_line(tmp_path: Path, read: str) -> None:
    call = ".".join(read.partition("(")[0].split(".")[-2:])
    root = plant(tmp_path, services__retention__care=f"\nwhen = {read}\n")
    assert clock_reads(root) == [f"services/retention/care.py:2: {call}"]
