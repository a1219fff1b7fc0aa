"""What a fit may see: of everybody or of a sample, what had happened before a morning. Columns;
time-forward."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.insight.risk.purchases import Purchases

Ints = NDArray[np.int64]


class Uses(NamedTuple):
    """Use of one kind, a row a customer and week, in that order: quantities summed over the week. Customers
    are numbered as in `Known.purchases`; one who never bought has a higher number than all who did."""

    customers: Ints
    weeks: Ints
    quantities: Ints


@dataclass(frozen=True, slots=True)
class Known:
    """On the morning of `now`, with which week `week` begins, of a log whose first day is `begins` (days as
    `date.toordinal` counts). `uses` by behaviour; `ended`: the day on which a customer ended a subscription
    by wish, by number."""

    begins: int
    now: int
    week: int
    purchases: Purchases
    uses: Mapping[str, Uses] = field(default_factory=dict)
    ended: Mapping[int, int] = field(default_factory=dict)
