"""Log lines as JSON, one a request; never a query string, a body or a document's text."""

import logging
import time
from collections.abc import Mapping

from flask import Flask, Response, g, has_request_context, request

from telemetry.logs import JsonLines, stream_handler

log = logging.getLogger("jujang.service")
PROBES = ("/healthz", "/readyz", "/metrics")  # asked every few seconds by whoever supervises


class RequestLines(JsonLines):
    """With the id of the request, and of its trace where there is one."""

    def context(self) -> Mapping[str, str]:
        """What each line carries at this moment."""
        if not has_request_context():
            return super().context()
        traced = {"trace_id": g.traceparent.split("-")[1]} if g.get("traceparent") else {}
        return {**super().context(), "request_id": g.get("request_id", ""), **traced}


def register(app: Flask, level: str) -> None:
    """Log every request of `app` to standard error."""
    for earlier in [each for each in log.handlers if isinstance(each.formatter, RequestLines)]:
        log.removeHandler(earlier)
    log.addHandler(stream_handler(RequestLines()))
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
        log.log(level, "request", extra={"event": "request", "facts": facts})
        return response
