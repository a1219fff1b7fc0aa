"""What runs of an older release is ended before its tables are changed, and started again."""

from pathlib import Path

import pytest

from deploy.evergreen import main
from deploy.local.house import release
from deploy.local.house.house import House
from deploy.provisioning import migrations
from shared.storage.schema_version import Migration, components
from tests.system.house.opened import opened, up

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
NEXT = Migration(len(components("insight")["insight"]) + 1, "next", "select 1")


def of_the_next_release(service: str) -> dict[str, list[Migration]]:
    known = components(service)
    return {name: [*steps, NEXT] if name == "insight" else steps for name, steps in known.items()}


def test_up_of_a_newer_release_starts_anew_all_but_the_servers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def pids(house: House) -> tuple[int | None, ...]:
        return house.kafka.pid, house.postgres.pid, house.ticker.pid, house.supervisor.pid

    with opened(tmp_path, "--services", "") as house:
        before = pids(house)
        assert pids(up(tmp_path, "--services", "")) == before
        assert "of another release" not in capsys.readouterr().err
        with monkeypatch.context() as changed:
            changed.setattr(release, "release", lambda: "changed without a migration")
            assert pids(up(tmp_path, "--services", "")) == before
            main(["status", "--directory", str(tmp_path)])
        told = capsys.readouterr()
        assert "evergreen up: supervisor, ticker: left running, of another release" in told.err
        assert "ticker: release: runs another release" in told.out
        monkeypatch.setattr(migrations, "components", of_the_next_release)
        after = pids(up(tmp_path, "--services", ""))
    assert after[:2] == before[:2]
    assert None not in after
    assert not set(after[2:]) & set(before)
    assert "stopping supervisor, ticker: they are of an older release" in capsys.readouterr().out
