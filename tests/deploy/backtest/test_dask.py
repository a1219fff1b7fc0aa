"""Over the workers of a cluster the backtest comes to the same, to the byte."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import LocalCluster

from deploy.errors import Trouble
from tests.deploy.backtest.logs import run, shop, written


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """Of a cluster of two processes on this machine."""
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        yield cluster.scheduler_address


@pytest.mark.timeout(120)
def test_two_workers_write_the_very_same_json(tmp_path: Path, scheduler: str) -> None:
    path = written(tmp_path / "orders.csv", shop(300))
    run(path)
    alone = path.with_suffix(".told").read_bytes()
    run(path, "--dask", scheduler)
    assert path.with_suffix(".told").read_bytes() == alone
    assert b'"raised": 0' not in alone.split(b'"rules"')[0]


def test_a_scheduler_that_does_not_answer_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.backtest.work.REACHED_WITHIN", "100ms")
    path = written(tmp_path / "orders.csv", shop(20, 100))
    with pytest.raises(Trouble, match="no scheduler answers there"):
        run(path, "--dask", "tcp://127.0.0.1:9")
