"""The applications that `benchmarks.requests` compares; gunicorn loads them. Each answer says how long its application took for it.

In two ways: on the clock, and of its own, which is the processor time of the thread that made it.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, request

CLOCK, OWN = "X-Application-Seconds", "X-Application-Own-Seconds"
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def timed(application: Wsgi) -> Wsgi:
    """`application`, whose answers carry the seconds from its call to the last byte of its body, and its own of them."""

    def measured(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        started: list[Any] = []
        begun, own_begun = time.perf_counter(), time.thread_time()
        body = application(environ, lambda *arguments: started.extend(arguments))
        whole = b"".join(body)
        if close := getattr(body, "close", None):
            close()
        own, seconds = time.thread_time() - own_begun, time.perf_counter() - begun
        status, headers = started[:2]
        start_response(status, [*headers, (CLOCK, f"{seconds:.6f}"), (OWN, f"{own:.6f}")])
        return [whole]

    return measured


def service() -> Wsgi:
    """The service as it runs."""
    from service.wsgi import app

    return timed(app)


def bare() -> Wsgi:
    """A Flask handler that only parses the JSON."""
    app = Flask(__name__)

    @app.post("/v1/extractions")
    def parse() -> Response:
        return Response(b'{"characters":%d}' % len(request.get_json()["text"]), status=202, mimetype="application/json")

    return timed(app)
