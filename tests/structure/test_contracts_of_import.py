"""The contracts are in pyproject.toml; here each is seen to hold, and seen to fail."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.structure.planting import plant

STAGES, FLOORS, DOOR, RECORDER, DEPLOY, LOCAL, TESTS = (
    "The services know nothing of each other",
    "deploy stands on services, services stand on shared, never the reverse",
    "Only shared.observe.telemetry imports OpenTelemetry",
    "No service pays for eventsourcing: shared.recorder alone imports it",
    "deploy is laid in layers, from commands to security",
    "The local house is laid in layers, from supervisor to process",
    "Nothing that runs leans on tests or bench",
)


def lint_imports(root: Path, checkout: Path) -> str:
    program = Path(sys.executable).with_name("lint-imports")
    command: list[str | Path] = [program, "--no-cache", "--no-logo", "--config", checkout / "pyproject.toml"]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout


def test_the_imports_of_the_project_keep_their_contracts(checkout: Path) -> None:
    assert "Contracts: 8 kept, 0 broken." in lint_imports(checkout, checkout)


def test_a_house_in_order_keeps_them_too(tmp_path: Path, checkout: Path) -> None:
    assert "Contracts: 8 kept, 0 broken." in lint_imports(plant(tmp_path), checkout)


@pytest.mark.parametrize(
    ("module", "imported", "contract"),
    [
        ("services__retention__care", "services.conversion.trial", STAGES),
        ("shared__clock", "services.retention.care", FLOORS),
        ("shared__clock", "deploy.up", FLOORS),
        ("services__retention__care", "deploy.up", FLOORS),
        ("services__retention__care", "opentelemetry.trace", DOOR),
        ("shared__clock", "opentelemetry", DOOR),
        ("deploy__up", "opentelemetry.sdk", DOOR),
        ("shared__clock", "eventsourcing.persistence", RECORDER),
        ("services__conversion__app", "shared.recorder.mapper", RECORDER),
        ("shared__storage__postgres", "shared.recorder.log", RECORDER),
        ("deploy__local__process__ports", "deploy.commands.up", DEPLOY),
        ("deploy__local__process__ports", "deploy.local.house.opening", LOCAL),
        ("deploy__up", "tests.system.lag", TESTS),
        ("services__retention__care", "tests.cases", TESTS),
        ("shared__clock", "bench.load", TESTS),
    ],
)
def test_an_import_against_a_contract_breaks_it_by_name(
    tmp_path: Path, checkout: Path, module: str, imported: str, contract: str
) -> None:
    told = lint_imports(plant(tmp_path, **{module: f"import {imported}\n"}), checkout)
    assert f"{contract} BROKEN" in told
    ours = imported.startswith(("deploy.", "services.", "shared."))
    named = imported if ours else imported.partition(".")[0]
    assert named in told.partition("Broken contracts")[2]
