"""Ctrl-C while a command has not begun its work: it ends at once, and tells no traceback."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.places import ROOT

PRESSED = "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n"


@pytest.mark.parametrize(
    ("program", "imports"),
    [
        (["-m", "deploy.evergreen", "status"], "argparse"),
        (["-m", "deploy.evergreen", "status"], "json"),
        ([str(ROOT / "deploy" / "bootstrap.py"), "house"], "fcntl"),
        ([str(ROOT / "deploy" / "bootstrap.py"), "house"], "hashlib"),
    ],
)
def test_an_interruption_among_the_imports_is_quiet(tmp_path: Path, program: list[str], imports: str) -> None:
    (tmp_path / f"{imports}.py").write_text(PRESSED)
    env = {**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"}
    ended = subprocess.run(
        [sys.executable, *program], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (-signal.SIGINT, "", "")


def test_in_the_background_of_a_script_it_is_not_interrupted(tmp_path: Path) -> None:
    (tmp_path / "argparse.py").write_text(f"{PRESSED}\nprint('goes on')\nraise SystemExit(0)\n")
    env = {**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"}
    script = 'trap "" INT; exec "$0" -m deploy.evergreen status'
    ended = subprocess.run(
        ["sh", "-c", script, sys.executable],
        cwd=tmp_path, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "goes on\n", "")
