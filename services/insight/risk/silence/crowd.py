"""The rhythm of all customers together: how long gaps are, and how far they differ."""

from services.insight.risk.purchases import Silences
from services.insight.risk.silence.model import Crowd

UNKNOWN = Crowd(3.0, 0.8, 2.0)


def crowd(known: Silences) -> Crowd:
    """From everybody's last silence, whose sums hold all gaps before it. Moments: the spread within
    customers is pooled, and the own mean counts as the spread between customers says."""
    _, _, n, logs, squares = known.columns[:, known.columns[2] >= 2]
    if len(n) < 5:
        return UNKNOWN
    means = logs / n
    within = float((squares - logs * means).sum() / (n - 1).sum())
    between = float(means.var() - (within / n).mean())
    counts = min(max(within / max(between, 1e-6), 0.1), 20.0)
    return Crowd(float(logs.sum() / n.sum()), max(within, 1e-4) ** 0.5, counts)
