"""Logs: one JSON object a line on stderr, with trace ids and without personal data."""

import logging
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TextIO, cast

import orjson

from shared.observe.telemetry import current_trace_ids

NOISY = ("faststream", "aiokafka", "uvicorn", "asyncio", "opentelemetry")
DENIED = re.compile(
    r"customer(_id)?|subject|stream|key|body|value|data|payload|event|record|fact|row|headers"
    r"|e?mail|phone|address|(first_|last_|full_)?name|ip|password|secret|token",
    re.IGNORECASE,
)
"""Keys of `extra` that are dropped: they hold customers' ids, or what people said and did."""

OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
QUOTED = re.compile(
    r"(?ms:^[\s|]*DETAIL:.*?(?=^[\s|]*(?:HINT:|The above exception was|During handling of)|\Z))"
    r"|(?s:input_value=.*?(?=, input_type=))"
)
"""PostgreSQL's DETAIL and pydantic's input_value quote the row and the payload, on however many lines."""


class JsonLines(logging.Formatter):
    """Formats a record as ts, level, service, logger, message, then trace ids, exception, extra fields."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "ts": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "service": self.service,
            "logger": record.name,
            "message": _unquoted(record.getMessage()),
            **current_trace_ids(),
        }
        if record.exc_info:
            line["exception"] = _unquoted(self.formatException(record.exc_info))
        return _dumps(_extra(record) | line)


def start_logging(service: str, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send all logging of this process to `stream` (stderr), the libraries' only from WARNING on."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines(service))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in {*NOISY, *logging.root.manager.loggerDict}:
        if name.partition(".")[0] in NOISY:
            _tame(logging.getLogger(name))


def _tame(library: logging.Logger) -> None:
    """FastStream's loggers come with a level and a handler of their own, and tell nobody above."""
    library.handlers.clear()
    library.propagate = True
    library.setLevel(logging.WARNING)


def _unquoted(text: str) -> str:
    return QUOTED.sub("", text)


def _extra(record: logging.LogRecord) -> dict[str, Any]:
    return cast(dict[str, Any], _clean({k: v for k, v in vars(record).items() if k not in OWN}))


def _clean(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _clean(inner) for k, inner in value.items() if not DENIED.fullmatch(str(k))}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(inner) for inner in value]
    return value


def _dumps(line: dict[str, Any]) -> str:
    """Objects appear by their type alone: their text might hold anything."""
    try:
        return orjson.dumps(line, _kind, orjson.OPT_PASSTHROUGH_DATACLASS).decode()
    except TypeError:  # a lone surrogate, a number beyond 64 bits: say what can be said
        texts = {name: _sendable(text) for name, text in line.items() if isinstance(text, str)}
        return orjson.dumps(texts).decode()


def _sendable(text: str) -> str:
    return text.encode(errors="replace").decode()


def _kind(value: object) -> str:
    return type(value).__name__
