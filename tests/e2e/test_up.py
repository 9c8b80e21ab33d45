"""`jujang up`: one command starts all of it, one Ctrl-C ends all of it, and whatever goes wrong is said."""

import os
import signal
import socket
import time
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.e2e.conftest import Service, free_port, start, stop, wait_until_ready

WAIT_S = 60


def family(service: Service) -> list[psutil.Process]:
    return psutil.Process(service.process.pid).children(recursive=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def test_it_shows_the_sample_serves_and_ends_with_every_process(folder: Path) -> None:
    service = start(folder, "--sample", "--workers", "1", environ={"COLUMNS": "160"})
    try:
        wait_until_ready(service, 1)
        until = time.monotonic() + WAIT_S
        while "Names" not in service.log.read_text("utf-8") and time.monotonic() < until:
            time.sleep(0.1)
        said = service.log.read_text("utf-8")
        assert "전기버스를 480대로 늘리기로 했다" in said
        assert "31,200,000,000" in said
        processes = family(service)
        names = " ".join(" ".join(p.cmdline()) for p in processes)
        assert "gunicorn" in names
        assert "valkey-server" in names or "redis-server" in names
    finally:
        code = stop(service, signal.SIGINT)
    assert code == 0, service.log.read_text("utf-8")
    assert psutil.wait_procs(processes, timeout=WAIT_S)[1] == []


def test_nothing_outlives_a_killed_supervisor(folder: Path) -> None:
    service = start(folder, "--workers", "1")
    wait_until_ready(service, 1)
    processes = family(service)
    stop(service, signal.SIGKILL)
    assert psutil.wait_procs(processes, timeout=WAIT_S)[1] == []


def test_what_dies_is_started_again_and_jobs_go_on(folder: Path) -> None:
    service = start(folder, "--workers", "1")
    try:
        wait_until_ready(service, 1)
        with service.client() as client:
            first = client.post("/v1/extractions", json={"text": "버스는 3대다."}, headers={"Prefer": "wait=30"})
            assert first.json()["status"] == "succeeded"
            children = psutil.Process(service.process.pid).children()
            for child in children:  # worker, API, Redis: all of them
                os.kill(child.pid, signal.SIGKILL)
            psutil.wait_procs(children, timeout=WAIT_S)
            until = time.monotonic() + WAIT_S

            def ask(method: str, path: str, **request: Any) -> httpx.Response:
                """Until it is answered as it should be: what was killed may answer, break off or refuse for a while."""
                while True:
                    try:
                        answer = client.request(method, path, **request)
                        if answer.is_success:
                            return answer
                    except httpx.HTTPError:
                        pass
                    assert time.monotonic() < until, service.log.read_text("utf-8")
                    time.sleep(0.2)

            job = ask("POST", "/v1/extractions", json={"text": "버스는 5대다."}).json()
            while job["status"] in ("queued", "running"):
                job = ask("GET", job["links"]["self"], headers={"Prefer": "wait=5"}).json()
                assert time.monotonic() < until
            assert job["status"] == "succeeded"
            assert ask("GET", first.json()["links"]["result"]).status_code == 200, "the append-only file kept the first result"
    finally:
        stop(service)
    assert "starts again" in service.log.read_text("utf-8")


def test_a_busy_port_is_said_at_once(folder: Path) -> None:
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        service = start(folder, port=port)
        assert service.process.wait(WAIT_S) == 1
    said = service.log.read_text("utf-8")
    assert f"127.0.0.1:{port}" in said
    assert f"PORT={port + 1}" in said


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "Redis"),
        ({"PORT": "eighty"}, "PORT"),
        ({"RESULT_TTL": "-1"}, "RESULT_TTL"),
        ({"JOB_DEADLINE": "soon"}, "JOB_DEADLINE"),
    ],
)
def test_a_bad_setting_is_said(folder: Path, environ: dict[str, str], says: str) -> None:
    service = start(folder, environ=environ)
    assert service.process.wait(WAIT_S + 60) == 1
    said = service.log.read_text("utf-8")
    assert says in said
    assert "Traceback" not in said
