"""The ticker's container is the local house's ticker in other clothes."""

import os
from pathlib import Path

import pytest

from deploy.local.house.record import TickerRecord
from deploy.local.house.services import wanted_ticker
from tests.deploy.test_compose import CONTAINERS, environment, needs


def test_the_ticker_has_what_the_local_house_gives_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EVERGREEN_KAFKA", raising=False)
    local = wanted_ticker(TickerRecord(str(tmp_path / "log")), "127.0.0.1:9092").prepare()
    assert CONTAINERS["ticker"]["command"] == list(local.argv[2:]) == ["deploy.ticker"]
    given = {key for key in local.env if key.startswith("EVERGREEN_") and key not in os.environ}
    assert set(environment("ticker")) == given - {"EVERGREEN_RELEASE"} == {"EVERGREEN_KAFKA"}
    assert environment("ticker")["EVERGREEN_KAFKA"] == environment("provision")["EVERGREEN_KAFKA"]
    assert needs("ticker") == {"provision": "service_completed_successfully"}
    assert CONTAINERS["ticker"]["restart"] == "unless-stopped"
