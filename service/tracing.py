"""A span a request, where traces are configured. Its context goes with the job, so that the worker's spans hang under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask, Response, g, request

from service.metrics import NO_ROUTE, route_of
from telemetry.tracing import INSTRUMENTATION, context_of, traceparent_of

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

SERVICE_NAME = "jujang-api"
_UNTRACED = ("/healthz", "/readyz", "/metrics")


def register(app: Flask, provider: TracerProvider) -> None:
    """Trace every request of `app` but probes and scrapes. The caller's `traceparent` is taken up."""
    from opentelemetry.trace import SpanKind, Status, StatusCode

    tracer = provider.get_tracer(INSTRUMENTATION)

    @app.before_request
    def begin() -> None:
        if request.path in _UNTRACED:
            return
        rule = request.url_rule
        method, route = (request.method, route_of(rule.rule)) if rule else ("HTTP", NO_ROUTE)
        g.span = tracer.start_span(
            f"{method} {route}",
            context_of(request.headers.get("traceparent", "")),
            SpanKind.SERVER,
            {"http.request.method": method if rule else "_OTHER", "http.route": route, "url.scheme": request.scheme},
        )
        g.traceparent = traceparent_of(g.span)

    @app.after_request
    def note(response: Response) -> Response:
        if span := g.get("span"):
            span.set_attribute("http.response.status_code", response.status_code)
            span.set_attribute("jujang.request.id", g.get("request_id", ""))
            if response.status_code >= 500:
                span.set_status(Status(StatusCode.ERROR))
        return response

    @app.teardown_request
    def end(_error: BaseException | None = None) -> None:
        if span := g.pop("span", None):
            span.end()
