"""A small house on paper, for planting one offence in it and seeing that the checker names it."""

from pathlib import Path

HOUSE = {
    "services/__init__.py": "",
    "services/conversion/__init__.py": "",
    "services/conversion/app.py": "import asyncio, services.conversion.trial, shared.storage.postgres\n",
    "services/conversion/trial.py": "import shared.clock\n",
    "services/retention/__init__.py": "",
    "services/retention/care.py": "import shared.clock\n",
    "shared/__init__.py": "",
    "shared/clock.py": "from datetime import datetime\n",
    "shared/contracts/__init__.py": "",
    "shared/contracts/conversion.py": "SPEAKER = 'conversion'\n",
    "shared/storage/__init__.py": "",
    "shared/storage/postgres.py": "import asyncpg\n",
    "shared/recorder/__init__.py": "",
    "shared/recorder/mapper.py": "import eventsourcing, shared.recorder.log\n",
    "shared/recorder/log.py": "",
    "shared/observe/__init__.py": "",
    "shared/observe/telemetry.py": "import opentelemetry\n",
    "deploy/__init__.py": "",
    "deploy/up.py": "import services.conversion.app\n",
    "deploy/commands/__init__.py": "",
    "deploy/commands/up.py": "",
    "deploy/local/__init__.py": "",
    "deploy/local/house/__init__.py": "",
    "deploy/local/house/opening.py": "",
    "deploy/local/process/__init__.py": "",
    "deploy/local/process/ports.py": "",
}


def plant(root: Path, **offences: str) -> Path:
    """The house under root with the text of some files replaced or added, `a__b` standing for a/b.py."""
    changed = {f"{name.replace('__', '/')}.py": text for name, text in offences.items()}
    for name, text in {**HOUSE, **changed}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root
