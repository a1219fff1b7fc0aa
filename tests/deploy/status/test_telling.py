"""What `status` says of a house that is not well."""

import json
from pathlib import Path

import pytest

from deploy.local.process.restarts import Restarts
from deploy.status.condition import Part
from deploy.status.telling import as_json, as_table, reasons

DIED = Restarts().died(100.0, "").started(100.0).died(101.0, "ValueError: many")
PARTS = [
    Part("kafka", 1, True),
    Part("insight", 2, False, 7, 0, 0, {"held": "200 records refused, for 3.0 s", "clock": "held by /shop"}),
    Part("conversion", None, False, not_ready={"process": "does not run"}, restarts=DIED),
    Part("ticker", 3, True, restarts=Restarts().died(0.0, "killed").started(40.0)),
]


def test_every_reason_has_a_line_of_its_own() -> None:
    assert list(reasons(PARTS, 101.5)) == [
        "insight: held: 200 records refused, for 3.0 s",
        "insight: clock: held by /shop",
        "conversion: process: does not run",
        "conversion: died 2 times in a row, starts again in 0 s",
        "conversion: its log ended with: ValueError: many",
    ]


def test_a_table_says_how_often_and_when_last(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    as_table(PARTS, 3_700.0, tmp_path)
    lines = capsys.readouterr().out.splitlines()
    rows = {line.split()[0]: line.split() for line in lines[1:5]}
    assert rows["kafka"][-1] == "0"
    assert rows["conversion"][-4:] == ["1,", "1", "h", "ago"]
    assert rows["ticker"][-4:] == ["1,", "1", "h", "ago"]
    assert "clock: held by /shop" in lines[6]


def test_programs_read_it_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    as_json(PARTS)
    told = json.loads(capsys.readouterr().out)
    assert told["insight"]["not_ready"]["clock"] == "held by /shop"
    assert (told["insight"]["restarts"], told["insight"]["restarted_at"]) == (0, None)
    assert told["conversion"] | {"pid": 0} == told["conversion"] | {
        "pid": 0, "restarts": 1, "restarted_at": "1970-01-01T00:01:40+00:00",
        "starts_again_at": "1970-01-01T00:01:42+00:00", "died_with": "ValueError: many",
    }  # fmt: skip


def test_what_should_be_known_of_a_service_that_is_ready_is_said_as_well() -> None:
    part = Part("acquisition", 1, True, attention={"sources": "source /shop is silent"})
    assert list(reasons([part], 0.0)) == ["acquisition: sources: source /shop is silent"]
