"""One document through the whole service, and what logs, metrics, traces and `jujang status` say of it."""

import http.server
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from prometheus_client.parser import text_string_to_metric_families

from benchmarks.pipeline import STAGES
from tests.e2e.conftest import Service, start, stop, wait_until_ready

WAIT_S = 60
SECRET = "이글은아무도읽지않는다"
TEXT = f"한빛시는 버스를 3대 늘린다고 밝혔다. {SECRET}."


class Collector(http.server.ThreadingHTTPServer):
    """Takes spans as OTLP over HTTP: {name: (trace, span, parent, service)}."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Receiver)
        self.spans: dict[str, tuple[str, str, str, str]] = {}
        self.bodies = b""


class _Receiver(http.server.BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies += body
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            service = next(each.value.string_value for each in resource.resource.attributes if each.key == "service.name")
            for scope in resource.scope_spans:
                for span in scope.spans:
                    self.server.spans[span.name] = (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex(), service)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with Collector() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def service(collector: Collector, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    environ = {
        "LOG_LEVEL": "info",
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.server_port}",
        "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
        "OTEL_BSP_SCHEDULE_DELAY": "100",
    }
    running = start(tmp_path_factory.mktemp("observed"), "--workers", "1", environ=environ)
    try:
        wait_until_ready(running, 1)
        yield running
    finally:
        stop(running)


@pytest.fixture(scope="module")
def job(service: Service) -> str:
    with service.client() as client:
        headers = {"Prefer": "wait=30", "X-Request-Id": "followed-1"}
        answer = client.post("/v1/extractions", json={"text": TEXT, "document": {"id": SECRET}}, headers=headers).json()
    assert answer["status"] == "succeeded"
    return str(answer["id"])


def until(found: Any) -> Any:
    end = time.monotonic() + WAIT_S
    while not (value := found()) and time.monotonic() < end:
        time.sleep(0.1)
    return value


def lines(service: Service) -> list[dict[str, Any]]:
    written = service.log.read_text("utf-8").splitlines()
    return [json.loads(line) for line in written if line.startswith("{")]


def test_logs_name_request_and_job_and_never_the_text(service: Service, job: str) -> None:
    done = until(lambda: [line for line in lines(service) if line["event"] == "job"])
    assert [(line["request_id"], line["job_id"], line["status"]) for line in done] == [("followed-1", job, "succeeded")]
    assert [line["route"] for line in lines(service) if line.get("request_id") == "followed-1" and line["event"] == "request"]
    assert SECRET not in service.log.read_text("utf-8")
    others = [line for line in service.log.read_text("utf-8").splitlines() if not line.startswith("{")]
    assert [line for line in others if not line.startswith(("Starting", "Jujang is ready"))] == []


def test_metrics_of_the_job(service: Service, job: str) -> None:
    assert job
    with service.client() as client:
        families = {each.name: each.samples for each in text_string_to_metric_families(client.get("/metrics").text)}
    stages = {sample.labels["stage"] for sample in families["jujang_stage_duration_seconds"]}
    assert stages == {"normalize", *STAGES, "result", "serialize"}
    assert sum(sample.value for sample in families["jujang_characters_extracted"] if sample.name.endswith("_total")) == len(TEXT)
    workers = {(sample.labels["queue"], sample.labels["state"]): sample.value for sample in families["jujang_workers"]}
    assert workers["jujang", "idle"] == workers["jujang-long", "idle"] == 1
    (total,) = (
        sample.value
        for sample in families["jujang_http_requests"]
        if sample.name.endswith("_total") and sample.labels["route"] == "/v1/extractions"
    )
    assert total == 1


def test_one_trace_from_request_to_stages(collector: Collector, job: str) -> None:
    assert job
    assert until(lambda: {"POST /v1/extractions", "extract", "serialize"} <= set(collector.spans)), collector.spans
    trace, request, _, api = collector.spans["POST /v1/extractions"]
    assert collector.spans["extract"][0] == collector.spans["wait in the queue"][0] == collector.spans["claims"][0] == trace
    assert collector.spans["extract"][2] == collector.spans["wait in the queue"][2] == request
    assert {collector.spans[stage][2] for stage in STAGES} == {collector.spans["extract"][1]}
    assert (api, collector.spans["extract"][3]) == ("jujang-api", "jujang-worker")
    assert SECRET.encode() not in collector.bodies


def test_status_of_the_running_service(service: Service, job: str, tmp_path: Path) -> None:
    assert job
    command = [sys.executable, "-m", "jujang", "status", "--json", "--interval", "0.1", "--data", str(service.log.parent / "data")]
    told = json.loads(subprocess.run(command, capture_output=True, check=True, cwd=tmp_path).stdout)
    assert told["jobs"]["succeeded"] == 1
    assert {queue["name"] for queue in told["queues"]} >= {"jujang", "jujang-long"}
    assert len(told["workers"]) == 2
    assert set(STAGES) < set(told["means"]["stages_s"])
    assert subprocess.run([*command, "--probe"], check=False, cwd=tmp_path).returncode == 0
