"""Files as `evergreen backtest --json` and an owner write them."""

from pathlib import Path
from typing import Any

import orjson

from services.insight.policies.file import read_policy
from services.insight.policies.settings import as_json

RULE = "unusual_gap"


def policy_file(where: Path, fewest: int = 8) -> Path:
    path = where / f"gaps-{fewest}.toml"
    path.write_text(f'rule = "{RULE}"\n[settings]\nfewest_gaps = {fewest}\n')
    return path


def report_of(policy: Path, judged: bool = True) -> dict[str, Any]:
    rule, settings = read_policy(policy.read_text(), policy.name)
    return {
        "judged": judged,
        "log": {"from": "2025-01-06T00:00:00+00:00", "until": "2026-01-05T00:00:00+00:00", "customers": 2469},
        "window": {"from": "2025-03-03T00:00:00+00:00", "to": "2025-12-01T00:00:00+00:00"},
        "policies": [{"rule": rule.name, "version": 2, "settings": as_json(rule, settings)}],
        "rules": {
            rule.name: {
                "raised": 412,
                "precision": {"of": 400, "value": 0.7125},
                "lead": {"ours": {"told": 400, "recall": 0.64}},
            }
        },
        "load": {"weeks": 39.0},
    }


def report_file(policy: Path, judged: bool = True) -> Path:
    path = policy.with_suffix(".json")
    path.write_bytes(orjson.dumps(report_of(policy, judged)))
    return path
