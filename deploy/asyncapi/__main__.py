"""`python -m deploy.asyncapi` writes docs/asyncapi/<service>.json anew."""

import json
from pathlib import Path

from deploy.asyncapi.document import document
from deploy.places import ROOT
from shared.contracts.topics import STAGES

DOCUMENTS = ROOT / "docs" / "asyncapi"


def write(directory: Path = DOCUMENTS) -> list[Path]:
    """One file per service."""
    directory.mkdir(parents=True, exist_ok=True)
    return [_write(directory / f"{service}.json", service) for service in STAGES]


def _write(path: Path, service: str) -> Path:
    path.write_text(text_of(service))
    return path


def text_of(service: str) -> str:
    """The document as it stands in its file."""
    return json.dumps(document(service), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for path in write():
        print(path.relative_to(ROOT))
