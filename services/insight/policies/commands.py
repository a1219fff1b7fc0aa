"""What can be asked of a rule's policies."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.contracts.policies import BacktestSummary

Settings = Mapping[str, Any]
"""All settings of a rule by name, as `as_json` tells them."""


class Refused(ValueError):
    """A command that cannot be obeyed: the text names the rule, the value and the way out."""


@dataclass(frozen=True, slots=True)
class Propose:
    """These settings may be adopted some day. Told again with a backtest, they keep their version."""

    rule: str
    settings: Settings
    by: str
    backtest: BacktestSummary | None = None


@dataclass(frozen=True, slots=True)
class Adopt:
    """`override` says why no backtest is needed. A `version` that is given must be the one that they get."""

    rule: str
    settings: Settings
    by: str
    effective: datetime | None = None
    backtest: BacktestSummary | None = None
    override: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Retire:
    """The rule is to be silent."""

    rule: str
    by: str
    reason: str
    effective: datetime | None = None


Command = Propose | Adopt | Retire
