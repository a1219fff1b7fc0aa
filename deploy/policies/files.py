"""The files that a policy is decided by: its own, and the report of its backtest."""

from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from deploy.errors import Trouble
from services.insight.policies.file import WrongPolicy, read_policy
from services.insight.policies.nearest import meant
from services.insight.policies.settings import WrongSettings, digest, settings_of
from services.insight.risk.rule import Rule
from services.insight.risk.rules import RULES
from shared.contracts.policies import BacktestSummary

ANEW = "make it anew with `evergreen backtest --rule FILE.toml --json REPORT.json`"


def policy_of(path: Path) -> tuple[Rule, Any]:
    """The rule and its settings. Errors: `Trouble`, with file and line."""
    try:
        return read_policy(_read(path).decode(), str(path))
    except UnicodeDecodeError as error:
        raise Trouble(f"{path} is no UTF-8: {error}") from None
    except WrongPolicy as error:
        raise Trouble(str(error)) from None


def rule_of(name: str) -> Rule:
    """A rule by its name, or by the file of a policy of it. Errors: `Trouble`."""
    if name.endswith(".toml"):
        return policy_of(Path(name))[0]
    known = {rule.name: rule for rule in RULES}
    if name not in known:
        raise Trouble(f"there is no rule {name!r}: {meant(name, known)}")
    return known[name]


def backtest_of(path: Path, rule: Rule) -> BacktestSummary:
    """What a report says of a rule. Errors: `Trouble` where it says nothing of it, or is no such report."""
    raw = _read(path)
    try:
        report = orjson.loads(raw)
        return _summary(report, rule, sha256(raw).hexdigest())
    except orjson.JSONDecodeError as error:
        raise Trouble(f"{path} is no JSON ({error}): {ANEW}") from None
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Trouble(f"{path} is no report of a backtest ({_why(error)}): {ANEW}") from None


def _summary(report: Any, rule: Rule, name: str) -> BacktestSummary:
    policies = {each["rule"]: each["settings"] for each in report["policies"]}
    if rule.name not in policies:
        raise Trouble(f"that backtest is not of {rule.name} but of {', '.join(policies)}: {ANEW}")
    found, window = report["rules"][rule.name], report["window"]
    log = sha256(orjson.dumps(report["log"], option=orjson.OPT_SORT_KEYS)).hexdigest()
    tells = bool(report["judged"])
    return BacktestSummary(
        settings=digest(rule, settings_of(rule, policies[rule.name])),
        report=name,
        log=log,
        since=datetime.fromisoformat(window["from"]),
        until=datetime.fromisoformat(window["to"]),
        alerts=found["raised"],
        precision=found["precision"]["value"] if tells else None,
        recall=found["lead"]["ours"]["recall"] if tells else None,
        alerts_a_week=round(found["raised"] / report["load"]["weeks"], 2) if tells else None,
    )


def _why(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"it has no {error.args[0]}"
    return str(error).splitlines()[0] if isinstance(error, WrongSettings) else "it is of another form"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Trouble(f"{path} can't be read: {error.strerror or error}") from None
