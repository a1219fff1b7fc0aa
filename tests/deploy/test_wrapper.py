"""The `evergreen` file itself, in a checkout whose programs only say how they were called."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.bootstrap import ROOT

SAYS = '#!/bin/sh\necho "$PWD|$PYTHONPATH|$*"\n'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "a checkout"
    (root / "deploy").mkdir(parents=True)
    (root / "deploy" / "bootstrap.py").write_text(
        "import sys\nprint('set up', *sys.argv[1:], file=sys.stderr)\n"
    )
    executable(root / ".venv" / "bin" / "python", SAYS)
    shutil.copy(ROOT / "evergreen", root)
    return root


def executable(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def run(program: Path, *arguments: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    settings = {**os.environ, "PYTHONPATH": "of the caller", **env}
    return subprocess.run(
        [program, *arguments], cwd=cwd, env=settings, capture_output=True, text=True, check=False
    )


def test_it_runs_from_any_directory_and_stays_there(checkout: Path, tmp_path: Path) -> None:
    ran = run(checkout / "evergreen", "play", "my orders.csv", cwd=tmp_path)
    assert ran.stdout == f"{tmp_path}|{checkout}|-P -m deploy.evergreen play my orders.csv\n"
    assert ran.stderr == "set up house\n"


def test_it_may_be_called_by_a_link(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "eg").symlink_to(checkout / "evergreen")
    assert f"|{checkout}|" in run(tmp_path / "eg", cwd=tmp_path).stdout


def test_setup_makes_an_environment_and_nothing_else(checkout: Path, tmp_path: Path) -> None:
    ran = run(checkout / "evergreen", "setup", "dev", cwd=tmp_path)
    assert (ran.stdout, ran.stderr) == ("", "set up dev\n")


def test_it_stops_when_the_environment_cannot_be_made(checkout: Path, tmp_path: Path) -> None:
    (checkout / "deploy" / "bootstrap.py").write_text("import sys\nsys.exit('no disk')\n")
    ran = run(checkout / "evergreen", "up", cwd=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", "no disk\n")


def test_a_python_that_does_not_run_is_passed_over(checkout: Path, tmp_path: Path) -> None:
    executable(tmp_path / "bin" / "python3.11", "#!/bin/sh\necho 'no such version' >&2\nexit 127\n")
    executable(tmp_path / "bin" / "python3", f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    ran = run(checkout / "evergreen", cwd=tmp_path, PATH=f"{tmp_path}/bin:/usr/bin:/bin")
    assert (ran.returncode, ran.stderr) == (0, "set up house\n")


def test_a_machine_without_a_fitting_python_is_told_what_is_missing(checkout: Path, tmp_path: Path) -> None:
    for name in ("dirname", "readlink"):
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / name).symlink_to(shutil.which(name) or "")
    executable(tmp_path / "bin" / "python3", '#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2\nexit 1\n')
    ran = run(checkout / "evergreen", "up", cwd=tmp_path, PATH=str(tmp_path / "bin"))
    assert ran.returncode == 1
    assert "Python 3.11 or newer is needed" in ran.stderr
    assert "Python 3.9.2" in ran.stderr
