"""Log lines as JSON, one a request; never a query string, a body or a document's text."""

import json
import logging
import sys
import time
from datetime import UTC, datetime

from flask import Flask, Response, g, has_request_context, request

log = logging.getLogger("jujang.service")
PROBES = ("/healthz", "/readyz")  # asked every few seconds by whoever supervises


class JsonLines(logging.Formatter):
    """A record as one line of JSON, with the request's id."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": getattr(record, "event", "log"),
        }
        if has_request_context():
            line["request_id"] = g.get("request_id", "")
        line |= getattr(record, "request", {"message": record.getMessage()})
        return json.dumps(line, ensure_ascii=False)


def register(app: Flask, level: str) -> None:
    """Log every request of `app` to standard error."""
    for earlier in [each for each in log.handlers if isinstance(each.formatter, JsonLines)]:
        log.removeHandler(earlier)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    log.addHandler(handler)
    log.propagate = False
    log.setLevel(level.upper())

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def tell(response: Response) -> Response:
        # the route, not the path: what a client puts into a path may be anything
        facts = {
            "method": request.method if request.url_rule else "-",
            "route": request.url_rule.rule if request.url_rule else "-",
            "status": response.status_code,
            "owner": g.get("owner", ""),
            "ms": round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000, 1),
            "bytes_in": request.content_length or 0,
        }
        level = logging.DEBUG if facts["route"] in PROBES else logging.INFO
        log.log(level, "request", extra={"event": "request", "request": facts})
        return response
