"""From the request through the queue to the last stage: one trace, and log lines that name request and job."""

import json
import logging

import pytest
import redis
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from benchmarks.pipeline import STAGES
from jobstore.keys import Lane
from jobstore.leases import Leases
from jobstore.settings import StoreSettings
from jobstore.store import JobStore
from service.app import create_app
from service.config import Config
from telemetry import logs, tracing
from workers import tasks
from workers.runtime import Runtime
from workers.tracing import JobSpans

TEXT = "한빛시는 버스를 3대 늘린다고 3일 밝혔다."


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


def provider(spans: InMemorySpanExporter, name: str) -> TracerProvider:
    made = tracing.provider(name)
    made.add_span_processor(SimpleSpanProcessor(spans))
    return made


def work(url: str, spans: InMemorySpanExporter | None, runtime: Runtime) -> None:
    leases = Leases(redis.Redis.from_url(url))
    attempt = leases.take(Lane.SHORT, "token")
    assert attempt is not None
    told = JobSpans(lambda: provider(spans, "jujang-worker")) if spans else None
    tasks.extract(attempt, leases, lambda: None, runtime=runtime, spans=told)


def ids(span: ReadableSpan) -> tuple[int, int]:
    assert span.context is not None
    return span.context.trace_id, span.context.span_id


def parent(span: ReadableSpan) -> tuple[int, int]:
    assert span.parent is not None
    return span.parent.trace_id, span.parent.span_id


def test_one_trace_from_the_request_to_the_stages(url: str, spans: InMemorySpanExporter, runtime: Runtime) -> None:
    client = create_app(Config(StoreSettings(url), log_level="error"), provider(spans, "jujang-api")).test_client()
    job = client.post("/v1/extractions", json={"text": TEXT}, headers={"X-Request-Id": "r-1"}).get_json()["id"]
    work(url, spans, runtime)
    found = {span.name: span for span in spans.get_finished_spans()}
    request, waiting, extraction = found["POST /v1/extractions"], found["wait in the queue"], found["extract"]
    assert parent(waiting) == parent(extraction) == ids(request)
    stages = [found[name] for name in ("normalize", *STAGES, "result", "serialize")]
    assert {parent(stage) for stage in stages} == {ids(extraction)}
    assert extraction.kind is SpanKind.CONSUMER
    attributes = dict(extraction.attributes or {})
    assert attributes == {"jujang.job.id": job, "jujang.request.id": "r-1", "jujang.characters": len(TEXT)}
    assert request.resource.attributes["service.name"] == "jujang-api"
    assert extraction.resource.attributes["service.name"] == "jujang-worker"
    assert extraction.start_time is not None
    assert extraction.end_time is not None
    edges = (
        [extraction.start_time]
        + [edge for stage in stages for edge in (stage.start_time or 0, stage.end_time or 0)]
        + [extraction.end_time]
    )
    assert edges == sorted(edges)
    assert all(TEXT[:3] not in span.to_json() for span in spans.get_finished_spans())


def test_a_failure_is_marked_and_says_no_text(
    url: str, spans: InMemorySpanExporter, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError(f"cannot read {TEXT}")

    monkeypatch.setattr(tasks, "extract_request", broken)
    JobStore.connect(url).submit({"text": TEXT})
    work(url, spans, runtime)
    (extraction,) = (span for span in spans.get_finished_spans() if span.name == "extract")
    assert extraction.status.status_code is StatusCode.ERROR
    assert (extraction.attributes or {})["error.type"] == "ValueError"
    assert extraction.parent is None, "a job that came without a trace begins one"
    assert TEXT[:3] not in extraction.to_json()


def test_a_job_is_a_line_of_the_log(url: str, runtime: Runtime, caplog: pytest.LogCaptureFixture) -> None:
    traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    job = JobStore.connect(url).submit({"text": TEXT}, request_id="r-7", traceparent=traceparent).id
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Keep()
    handler.setFormatter(logs.JsonLines())
    tasks.log.addHandler(handler)
    try:
        with caplog.at_level(logging.INFO):
            work(url, None, runtime)
    finally:
        tasks.log.removeHandler(handler)
    (line,) = (json.loads(each) for each in lines)
    assert (line["event"], line["job_id"], line["request_id"]) == ("job", job, "r-7")
    assert line["trace_id"] == traceparent.split("-")[1]
    assert (line["status"], line["characters"]) == ("succeeded", len(TEXT))
    assert TEXT[:3] not in lines[0]
