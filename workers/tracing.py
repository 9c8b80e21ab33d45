"""Spans of a job, where traces are configured: its wait in the queue and its extraction with the stages, under the request that brought it.

They are told when the job has ended, from what was measured anyway.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from telemetry.tracing import INSTRUMENTATION, context_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from opentelemetry.sdk.trace import TracerProvider

    from jobstore.record import Attempt
    from workers.stopwatch import Stopwatch

SERVICE_NAME = "jujang-worker"


class JobSpans:
    """`tell` each job that has ended; `close` sends what is left. The provider is made with the first job: after the fork."""

    def __init__(self, provider: Callable[[], TracerProvider]) -> None:
        self._make = provider
        self._provider: TracerProvider | None = None

    def tell(self, attempt: Attempt, stopwatch: Stopwatch, characters: int, error: str = "") -> None:
        """An attempt that ended now; `error` is the exception's type where it failed."""
        from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context

        self._provider = self._provider or self._make()
        tracer = self._provider.get_tracer(INSTRUMENTATION)
        request = context_of(attempt.traceparent)
        facts: dict[str, str | int] = {"jujang.job.id": attempt.job_id, "jujang.request.id": attempt.request_id}
        began = round(attempt.started_at.timestamp() * 1e9)
        waiting = tracer.start_span("wait in the queue", request, attributes=facts, start_time=round(attempt.created_at.timestamp() * 1e9))
        waiting.end(began)
        extraction = tracer.start_span(
            "extract", request, SpanKind.CONSUMER, {**facts, "jujang.characters": characters}, start_time=stopwatch.begun_ns
        )
        within, before = set_span_in_context(extraction, request), 0
        for stage, ended in stopwatch.ended_ns:
            tracer.start_span(stage, within, start_time=stopwatch.begun_ns + before).end(stopwatch.begun_ns + ended)
            before = ended
        if error:
            extraction.set_attribute("error.type", error)
            extraction.set_status(Status(StatusCode.ERROR))
        extraction.end(time.time_ns())

    def close(self) -> None:
        """Send what is left; may take seconds where the collector does not answer."""
        if self._provider:
            self._provider.shutdown()
