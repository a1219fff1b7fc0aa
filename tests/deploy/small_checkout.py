"""A checkout that is nothing but bootstrap.py, its pip, and a lock of one package from its own index."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from deploy import bootstrap

METADATA = "Metadata-Version: 2.1\nName: small\nVersion: {version}\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@dataclass(frozen=True)
class SmallCheckout:
    root: Path

    @property
    def index(self) -> Path:
        return self.root.parent / "index"

    def lock(self, version: str, name: str = "run") -> Path:
        """Publish that version and pin it."""
        sha256 = hashlib.sha256(wheel(self.index / "small", version).read_bytes()).hexdigest()
        lock = self.root / "requirements" / f"{name}.lock"
        lock.write_text(f"small=={version} \\\n    --hash=sha256:{sha256}\n")
        return lock

    def command(self, name: str) -> list[str]:
        return [sys.executable, str(self.root / "deploy" / "bootstrap.py"), name]

    def environment(self, **more: str) -> dict[str, str]:
        return {**os.environ, "PIP_INDEX_URL": self.index.as_uri(), "PIP_NO_CACHE_DIR": "1", **more}

    def bootstrap(self, name: str = "run", **environment: str) -> subprocess.CompletedProcess[str]:
        env = self.environment(**environment)
        return subprocess.run(self.command(name), env=env, capture_output=True, text=True, check=False)

    def installed(self) -> str:
        """What the package in the environment says of itself."""
        program: list[str | Path] = [
            self.root / ".venv" / "bin" / "python",
            "-c",
            "import small; print(small.SAYS)",
        ]
        return subprocess.run(program, capture_output=True, text=True, check=False).stdout.strip()


def small_checkout(directory: Path) -> SmallCheckout:
    made = SmallCheckout(directory / "checkout")
    (made.root / "requirements").mkdir(parents=True)
    (made.root / "deploy").mkdir()
    for file in ("bootstrap.py", bootstrap.PIP_WHEEL):
        shutil.copy(bootstrap.ROOT / "deploy" / file, made.root / "deploy")
    made.lock("1.0")
    return made


def wheel(directory: Path, version: str, says: str | None = None) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    path, info = directory / f"small-{version}-py3-none-any.whl", f"small-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("small.py", f"SAYS = {says or version!r}\n")
        archive.writestr(f"{info}/METADATA", METADATA.format(version=version))
        archive.writestr(f"{info}/WHEEL", WHEEL)
        archive.writestr(f"{info}/RECORD", "")
    names = sorted(each.name for each in directory.glob("*.whl"))
    (directory / "index.html").write_text("".join(f'<a href="{name}">{name}</a>\n' for name in names))
    return path
