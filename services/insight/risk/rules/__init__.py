"""One pure file a rule, and the table of them: a rule that stands here is judged everywhere."""

from services.insight.risk.rule import Rule
from services.insight.risk.rules.payment_failing import PAYMENT_FAILING
from services.insight.risk.rules.silence import SILENCE
from services.insight.risk.rules.unusual_gap import UNUSUAL_GAP
from services.insight.risk.rules.use_in_decline import USE_IN_DECLINE

RULES: tuple[Rule, ...] = (SILENCE, UNUSUAL_GAP, USE_IN_DECLINE, PAYMENT_FAILING)
