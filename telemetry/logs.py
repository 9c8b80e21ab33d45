"""Log lines as JSON, one format for all processes. Never a document's text: messages are written by us, exceptions give type and place."""

import contextlib
import json
import logging
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

_bound: ContextVar[Mapping[str, str]] = ContextVar("bound", default=MappingProxyType({}))


@contextlib.contextmanager
def bound(**facts: str) -> Iterator[None]:
    """Have every line that is logged inside carry these facts, such as `request_id` and `job_id`; empty ones are left out."""
    token = _bound.set({**_bound.get(), **{name: value for name, value in facts.items() if value}})
    try:
        yield
    finally:
        _bound.reset(token)


class JsonLines(logging.Formatter):
    """A record as one line of JSON: time, level, logger, event, what is bound, and `facts` where the record brings them, else its message.

    `logger.info("…", extra={"event": "job", "facts": {…}})`. Of an exception the type and the places, not the message, which may
    quote a text.
    """

    def context(self) -> Mapping[str, str]:
        """What each line carries at this moment."""
        return _bound.get()

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": getattr(record, "event", "log"),
            "pid": record.process,
            **self.context(),
        }
        line |= getattr(record, "facts", {"message": record.getMessage()})
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, trace = record.exc_info
            line |= {"error": kind.__name__, "at": [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(trace)]}
        return json.dumps(line, ensure_ascii=False, default=str)


def stream_handler(formatter: JsonLines | None = None) -> logging.Handler:
    """A handler that writes to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter or JsonLines())
    return handler


def configure(level: str) -> None:
    """Have this process log everything from `level` (`debug` … `error`) on, libraries' included."""
    logging.basicConfig(level=level.upper(), handlers=[stream_handler()], force=True)
    for chatty in ("rq.worker", "urllib3", "opentelemetry"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLogger().level))
