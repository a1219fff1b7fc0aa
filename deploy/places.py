"""Where things lie on disk."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
CACHE = VAR / "cache"
