"""Which release a process of a house runs: the code that lay in the checkout when it was started."""

from hashlib import sha256
from pathlib import Path

from deploy.local.house.servers import SERVERS
from deploy.local.process import pid_files, processes
from deploy.places import ROOT

VARIABLE = "EVERGREEN_RELEASE"
CODE = {".py", ".sql", ".yaml", ".lock"}
FOLDERS = ("shared", "services", "deploy", "requirements")


def release(root: Path = ROOT) -> str:
    """A name for the code that lies there now; read anew each time, for it may change under who runs long."""
    known = sha256()
    for folder in FOLDERS:
        for path in sorted(path for path in (root / folder).rglob("*") if path.suffix in CODE):
            text = path.read_bytes()
            known.update(f"{path.relative_to(root)}\0{len(text)}\0".encode() + text)
    return known.hexdigest()[:12]


def others(pids: Path) -> list[str]:
    """What of a house runs another release than the one that lies here, by name; the servers are not ours."""
    now = release()
    running = (one for one in pid_files.found(pids) if one.name not in SERVERS)
    found = ((one.name, processes.environment(one)) for one in running)
    return sorted(name for name, said in found if said is not None and said.get(VARIABLE) != now)
