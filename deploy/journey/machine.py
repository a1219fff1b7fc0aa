"""A story as one JSON object for programs. Times RFC 3339 in UTC, amounts in minor units."""

from typing import Any

import orjson

from services.insight.episode import Episode
from services.insight.outlook import Outlook
from services.insight.story import Line, Story
from shared.contracts.event import encode, iso


def machine(story: Story) -> dict[str, Any]:
    """Everything that the page says; events as published, under `event`."""
    made = story.progress
    return {
        "customer": story.customer,
        "as_of": iso(story.as_of),
        "known_at": iso(story.known_at),
        "judged": iso(story.judged) if story.judged else None,
        "stage": made.stage,
        "first_seen": iso(made.first_seen),
        "last_seen": iso(made.last_seen) if made.last_seen else None,
        "purchases": made.purchases,
        "spent": dict(sorted(made.spent.items())),
        "milestones": {name: iso(at) for name, at in made.reached.items()},
        "outlook": None if story.outlook is None else [_outlook(each) for each in story.outlook],
        "timeline": [_line(line) for line in story.lines],
        "alerts": [_alert(episode) for episode in story.alerts],
    }


def _outlook(each: Outlook) -> dict[str, Any]:
    return {
        "rule": each.rule,
        "rule_version": each.rule_version,
        "params_version": each.params_version,
        "words": each.words,
        "severity": each.severity,
        "chance": each.chance,
        "since": iso(each.since) if each.since else None,
        "due": iso(each.due) if each.due else None,
    }


def _line(line: Line) -> dict[str, Any]:
    known = iso(line.known) if line.known else None
    times = {"recorded": iso(line.recorded), "known": known, "late": line.late}
    return {"topic": line.topic, **times, "event": orjson.loads(encode(line.event))}


def _alert(episode: Episode) -> dict[str, Any]:
    return {
        "alert_id": episode.alert_id,
        "state": episode.state,
        "lifecycle": [orjson.loads(encode(event)) for event in episode.said],
    }
