"""One decision over a bare snapshot, and what it said."""

from collections.abc import Iterable, Sequence

from shared.core.batch import Heard, Snapshot, Stage
from shared.core.decision import BatchDecision
from shared.core.watermark import Clock
from tests.shared.core import reminders
from tests.shared.core.reminders import NOON


def decide_on(
    *batches: Sequence[Heard],
    stage: Stage | None = None,
    clock: Clock | None = None,
    seen: Iterable[bytes] = (),
) -> BatchDecision:
    """A decision over a bare snapshot that heard all of this."""
    snapshot = Snapshot({}, {0: clock} if clock else {}, set(seen), ())
    decision = BatchDecision(stage or reminders.reminder_stage(), snapshot, NOON, lambda cause, _: cause)
    for batch in batches:
        for each in batch:
            decision.hear(each, decision.stage.react(each.event))
    return decision


def said(decision: BatchDecision) -> list[tuple[str, str, int, float]]:
    """Stream, type, version and minutes past noon of every fact, in order."""
    return [(f.stream, f.type, f.version, (f.happened - NOON).seconds / 60) for f in decision.changes.facts]


def reminders_sent(decision: BatchDecision) -> list[tuple[str, float]]:
    return [(stream, at) for stream, type_, _, at in said(decision) if type_ == "reminder.sent"]
