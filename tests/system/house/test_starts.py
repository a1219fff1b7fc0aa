"""`make starts` counts what went well, and keeps what did not."""

from pathlib import Path

import pytest

from deploy.local.house import closing
from tests.system.house import starts


def test_a_house_started_and_stopped_leaves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert starts.main(["--times", "1", "--directory", str(tmp_path)]) == 0
    assert "1 starts and stops, 0 failed" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_a_failure_is_counted_and_kept_and_does_not_end_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in ("001", "002"):
        (tmp_path / number).mkdir()
        (tmp_path / number / "house.json").write_text("torn")
    monkeypatch.setattr(closing, "forget", lambda _: None)
    assert starts.main(["--times", "2", "--whole", "--directory", str(tmp_path)]) == 1
    assert "2 starts and stops, 2 failed" in capsys.readouterr().out
    assert "up ended with 1" in (tmp_path / "002" / "said.txt").read_text()
