"""The CDNOW sample: every purchase of 2,357 customers who first bought early in 1997, up to mid-1998.

Fader, Hardie (2001). It lies in the wheel of PyPI's `lifetimes` (MIT), which is fetched, not installed:
importing it needs packages that are long gone.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from deploy.errors import Trouble
from deploy.places import CACHE, ROOT
from deploy.purchases.purchase import Log, Purchase

WHEEL_SHA256 = "261e3dc89977c2b60767ca6728aaa29d429de0c814635070a749c36555895da8"
SAMPLE_SHA256 = "6fae10155c0b0ba363c2c386e30f77990d22328220efd862a5edd1443420d94a"
REQUIREMENT = f"lifetimes==0.11.3 --hash=sha256:{WHEEL_SHA256}\n"
INSIDE = "lifetimes/datasets/CDNOW_sample.txt"
SOURCE = "/shops/cdnow"
END = datetime(1998, 7, 1, tzinfo=UTC)
PIP = "deploy/pip-*.whl"
DOWNLOAD = ("download", "--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-input", "--quiet")


def sample_path(cache: Path = CACHE) -> Path:
    """The file on disk, fetched once. Trouble when it can't be had or is not what it should be."""
    path = cache / "cdnow" / "CDNOW_sample.txt"
    if not _is_intact(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".download-", dir=path.parent) as staging:
            fresh = _unpack(_fetch(Path(staging)), Path(staging))
            if not _is_intact(fresh):
                raise Trouble(
                    f"{INSIDE} of lifetimes 0.11.3 has another sha256 than expected: do not trust this mirror"
                )
            fresh.replace(path)
    return path


def _is_intact(path: Path) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == SAMPLE_SHA256


def _fetch(staging: Path) -> Path:
    wanted = staging / "requirements.txt"
    wanted.write_text(REQUIREMENT)
    pip = next(ROOT.glob(PIP)) / "pip"
    command = [sys.executable, "-I", str(pip), *DOWNLOAD, "-d", str(staging), "-r", str(wanted)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = list(staging.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        raise Trouble(
            "the CDNOW sample (in PyPI's lifetimes 0.11.3) could not be downloaded: check the network, or"
            f" play your own log with --log orders.csv. pip said:\n{(done.stderr or done.stdout).strip()}"
        )
    return wheels[0]


def _unpack(wheel: Path, staging: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        return Path(archive.extract(INSIDE, staging))


def cdnow(cache: Path = CACHE) -> Log:
    """The 6,919 purchases: complete up to the midnight that ends 1998-06-30."""
    lines = sample_path(cache).read_text().splitlines()
    return Log(SOURCE, [_purchase(number, line) for number, line in enumerate(lines, start=1)], END)


def _purchase(number: int, line: str) -> Purchase:
    """Columns: customer, number in the sample, day, CDs, US dollars."""
    customer, _, day, _, dollars = line.split()
    time = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
    return Purchase(f"cdnow-{number}", customer, time, int(Decimal(dollars) * 100), "USD")
