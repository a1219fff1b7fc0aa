"""The demo as a newcomer runs it, twice: in order, and with everything that goes wrong on the way."""

import argparse
import json
from pathlib import Path
from typing import Any

import psutil
import pytest

from deploy.commands.house import demo
from deploy.local.house.house import House

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]


def run(directory: Path, *words: str) -> dict[str, Any]:
    """The summary of one demo."""
    parser = argparse.ArgumentParser()
    demo.add_arguments(parser)
    assert demo.run(parser.parse_args(["--directory", str(directory), "--pace", "0", *words])) == 0
    assert not _left(directory)
    summary: dict[str, Any] = json.loads((directory / "summary.json").read_text())
    House.load(directory).forget()
    return summary


def _left(directory: Path) -> list[str]:
    """What still runs out of that directory."""
    lines = (" ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"]))
    return [line for line in lines if str(directory) in line]


def test_the_same_alerts_stand_whether_the_log_came_in_order_or_shuffled_doubled_and_poisoned(
    tmp_path: Path,
) -> None:
    calm = run(tmp_path / "calm")
    wild = run(tmp_path / "wild", "--shuffle-days", "3", "--duplicates", "1000", "--poison")
    assert (calm["signals_published"], calm["customers"], calm["dead_letters"]) == (6919, 2357, 0)
    assert (wild["signals_published"], wild["duplicates_published"], wild["dead_letters"]) == (6919, 1000, 13)
    assert wild["standing_alerts_sha256"] == calm["standing_alerts_sha256"]
    assert wild["facts"] == calm["facts"]
    assert wild["model_week_39"] == calm["model_week_39"]
    assert calm["model_week_39"]["parameters"]
    assert calm["precision"] > 0.64
    assert calm["recall"] > 0.97
    assert calm["alerts_raised"] == sum(
        calm[f"alerts_{fate}"] for fate in ("resolved", "withdrawn", "standing")
    )
    spoken = calm["alerts_raised"] + calm["alerts_resolved"]
    assert calm["alerts_raised"] < calm["signal_to_alert_ms"]["count"] <= spoken
