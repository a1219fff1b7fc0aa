"""Who is to start again what died outlives what ended it."""

import logging
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import psutil
import pytest

from deploy.local.house.closing import pids
from deploy.local.house.services import SUPERVISOR
from deploy.local.process import pid_files, restarts
from deploy.local.process.deadline import until
from deploy.local.process.pid_files import Running
from deploy.local.supervisor import watch


def test_a_full_disk_does_not_end_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    run, stop = pids(tmp_path), Event()
    started = psutil.Process().create_time()
    pid_files.write(Running(SUPERVISOR, os.getpid(), started, signal.SIGTERM), run)
    pid_files.write(Running("kafka", os.getpid(), started - 100, signal.SIGTERM), run)  # so it is dead
    (run / f"{restarts.FILE}.{os.getpid()}.new").symlink_to("/dev/full")
    with ThreadPoolExecutor(1) as pool, caplog.at_level(logging.WARNING):
        watching = pool.submit(watch, tmp_path, stop)
        try:
            assert until(lambda: caplog.text.count("No space left on device") > 1 or watching.done(), 20)
        finally:
            stop.set()
        watching.result(10)
