"""Spans of requests, where they are configured, and the context that goes with the job."""

import json
import subprocess
import sys

import pytest
from flask.testing import FlaskClient
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from jobstore import keys
from jobstore.connection import connect_redis
from jobstore.settings import StoreSettings
from service.app import create_app
from service.config import Config
from telemetry import tracing

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TEXT = "이글은아무도읽지않는다"


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


def traced(redis_url: str, spans: InMemorySpanExporter) -> FlaskClient:
    provider = tracing.provider("jujang-test")
    provider.add_span_processor(SimpleSpanProcessor(spans))
    return create_app(Config(StoreSettings(redis_url), log_level="info"), provider).test_client()


@pytest.fixture
def client(own_redis_url: str, spans: InMemorySpanExporter) -> FlaskClient:
    return traced(own_redis_url, spans)


def test_a_request_is_a_span_of_the_callers_trace(client: FlaskClient, spans: InMemorySpanExporter, own_redis_url: str) -> None:
    response = client.post("/v1/extractions", json={"text": TEXT}, headers={"traceparent": CALLER, "X-Request-Id": "mine"})
    (span,) = spans.get_finished_spans()
    assert (span.name, span.kind) == ("POST /v1/extractions", SpanKind.SERVER)
    assert span.context is not None
    assert span.parent is not None
    assert f"00-{span.context.trace_id:032x}-{span.parent.span_id:016x}-01" == CALLER
    attributes = dict(span.attributes or {})
    assert attributes["http.response.status_code"] == 202
    assert attributes["http.route"] == "/v1/extractions"
    assert attributes["jujang.request.id"] == "mine"
    assert TEXT not in span.to_json()
    kept = connect_redis(own_redis_url, socket_timeout_s=2).hget(keys.record(response.get_json()["id"]), "traceparent")
    assert kept == f"00-{span.context.trace_id:032x}-{span.context.span_id:016x}-01".encode()


def test_log_lines_name_the_trace(own_redis_url: str, spans: InMemorySpanExporter, capsys: pytest.CaptureFixture[str]) -> None:
    traced(own_redis_url, spans).get("/v1/extractions/none", headers={"traceparent": CALLER, "X-Request-Id": "mine"})
    (line,) = map(json.loads, capsys.readouterr().err.splitlines())
    assert (line["request_id"], line["trace_id"]) == ("mine", CALLER.split("-")[1])


@pytest.mark.parametrize("given", ["", "nonsense", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", CALLER.upper() * 9])
def test_what_is_no_context_begins_a_trace(client: FlaskClient, spans: InMemorySpanExporter, given: str) -> None:
    client.get("/v1/extractions/secret-path", headers={"traceparent": given})
    (span,) = spans.get_finished_spans()
    assert span.parent is None
    assert "secret" not in span.to_json()


def test_probes_are_left_out_and_our_errors_are_marked(
    client: FlaskClient, spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        client.get(path)
    assert spans.get_finished_spans() == ()
    monkeypatch.setattr("jobstore.store.JobStore.submit", lambda *_, **__: 1 / 0)
    client.post("/v1/extractions", json={"text": TEXT})
    (span,) = spans.get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert TEXT not in span.to_json()


def test_without_settings_nothing_is_loaded() -> None:
    code = "import sys, service.wsgi; sys.exit(any(name.startswith('opentelemetry.exporter') for name in sys.modules))"
    environ = {"REDIS_URL": "redis://127.0.0.1:1/0", "PATH": "/usr/bin"}
    assert subprocess.run([sys.executable, "-c", code], env=environ, check=False).returncode == 0


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": " "}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318", "OTEL_TRACES_EXPORTER": "none"}, False),
    ],
)
def test_a_collector_switches_it_on(environ: dict[str, str], expected: bool) -> None:
    assert tracing.configured(environ) is expected


def test_a_missing_extra_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http", None)
    with pytest.raises(tracing.TracingUnavailable, match=r"OTEL_EXPORTER_OTLP_ENDPOINT is set.*jujang\[otel\]"):
        tracing.configured({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"})
