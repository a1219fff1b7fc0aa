"""A story as a page for people: pure, a list of lines."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from deploy.journey.words import clause, money, title, words
from services.insight.episode import Episode
from services.insight.outlook import Outlook
from services.insight.story import Line, Story
from shared.contracts.event import Event
from shared.contracts.insight import ChurnRiskRaised

MILESTONES = "captured qualified joined won repeated".split()
MOST_NAMES = 3
"""Of purchases and traces that are named in a line."""


def page(story: Story) -> list[str]:
    """Who it is, how far they have come, what each rule says, what happened, the alerts with their proof."""
    return [
        *_head(story),
        "",
        *_outlooks(story),
        "",
        "timeline",
        *_timeline(story.lines),
        "",
        f"alerts: {len(story.alerts) or 'none'}",
        *(line for episode in story.alerts for line in _alert(episode)),
    ]


def _head(story: Story) -> Iterator[str]:
    made = story.progress
    yield f"customer {story.customer}: {made.stage}"
    yield f"  as of       {moment(story.as_of)}, by what was recorded up to {moment(story.known_at)} (UTC)"
    last = f", last {moment(made.last_seen)}" if made.last_seen else ""
    yield f"  seen        first {moment(made.first_seen)}{last}"
    spent = " + ".join(money(amount, currency) for currency, amount in sorted(made.spent.items()))
    yield f"  purchases   {made.purchases}{f', {spent}' if spent else ''}"
    if reached := [f"{name} {made.reached[name]:%Y-%m-%d}" for name in MILESTONES if name in made.reached]:
        yield f"  milestones  {', '.join(reached)}"


def _outlooks(story: Story) -> Iterator[str]:
    if story.outlook is None or story.judged is None:
        yield "not judged: no source has vouched for the time yet (evergreen up --clock wall lets it tick)"
        return
    yield f"outlook on {moment(min(story.as_of, story.judged))}"
    if not story.outlook:
        yield "  no rule has heard anything of this customer that it judges by, or learnt enough to judge"
    for each in story.outlook:
        yield f"  {each.rule:<16}  {'; '.join(_parts(each))}"
    if story.as_of > story.judged:
        yield f"judged up to {moment(story.judged)}: that is how far all sources vouch"


def _parts(each: Outlook) -> Iterator[str]:
    chance = f", {each.chance:.0%} likely to leave" if each.chance is not None else ""
    yield f"severity {each.severity} of 3: {each.words}{chance}" if each.words else "quiet"
    if each.due:
        then = "would be heavier" if each.words else "would speak"
        yield f"{then} on {moment(each.due)}, if nothing is heard and the parameters stay"
    if each.params_version:
        yield f"by {each.params_version}"


def _timeline(lines: Sequence[Line]) -> Iterator[str]:
    pattern = "%Y-%m-%d" if all(_is_morning(line.event.time) for line in lines) else "%Y-%m-%d %H:%M:%S"
    for line in lines:
        late = (
            f"  (late: heard when the clock stood at {moment(line.known)})"
            if line.late and line.known
            else ""
        )
        fact = line.event.data
        yield f"  {line.event.time:{pattern}}  {line.topic:<11}  {title(fact):<24}  {words(fact)}{late}"


def _alert(episode: Episode) -> Iterator[str]:
    raised = episode.raised
    yield f"  {episode.alert_id}  {episode.state}"
    yield f"    rule       {raised.rule}, {raised.rule_version}, parameters {raised.params_version}"
    yield from _reasons(raised)
    yield f"    measures   {', '.join(f'{name} {value:.6g}' for name, value in raised.measures.items())}"
    if at_risk := " + ".join(money(each.amount, each.currency) for each in raised.value_at_risk):
        yield f"    at risk    {at_risk} paid within a year; confidence {raised.confidence}"
    if raised.play:
        yield f"    play       {raised.play}"
    yield from (f"    {part}" for event in episode.said for part in _said(event))


def _reasons(raised: ChurnRiskRaised) -> Iterator[str]:
    if not raised.reasons:
        yield f"    because    {'; '.join(map(clause, raised.clauses))}"
    for each in raised.reasons:
        chance = f", {each.chance:.0%} likely to leave" if each.chance is not None else ""
        yield f"    because    {each.words} ({each.rule}, severity {each.severity} of 3{chance})"


def _said(event: Event) -> Iterator[str]:
    yield f"{title(event.data).removeprefix('churn risk '):<10} {moment(event.time)}  event {event.id}"
    evidence: Sequence[str] = getattr(event.data, "evidence", ())
    yield f"           rests on {_newest(evidence) or 'no purchase'}"
    if traces := getattr(event.data, "traces", ()):
        yield f"           traces {_newest(traces)}"


def _newest(names: Sequence[str]) -> str:
    """As many as one reads; a program is told all of them."""
    before = len(names) - MOST_NAMES
    return ", ".join(names[-MOST_NAMES:]) + (f" and {before} before (--json has all)" if before > 0 else "")


def moment(at: datetime) -> str:
    """A day when it is its midnight, else to the second."""
    return f"{at:%Y-%m-%d}" if _is_morning(at) else f"{at:%Y-%m-%d %H:%M:%S}"


def _is_morning(at: datetime) -> bool:
    return (at.hour, at.minute, at.second, at.microsecond) == (0, 0, 0, 0)
