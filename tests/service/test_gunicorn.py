"""The service as it runs: gunicorn on a real port, also with requests that no HTTP library would send."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import redis

from jobstore.api_keys import ApiKeys
from jobstore.store import JobStore
from tests.service.driver import Driver


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def gunicorn(redis_url: str, log: Path, **settings: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The service on a free port: its address and its process. What it logs must hold neither text nor traceback."""
    port = free_port()
    environ = os.environ | {"REDIS_URL": redis_url, "PORT": str(port), "HOST": "127.0.0.1", "MAX_BODY_BYTES": "100000"} | settings
    command = [sys.executable, "-m", "gunicorn", "--config", "python:service.gunicorn_config", "service.wsgi:app"]
    with log.open("wb") as stream:
        process = subprocess.Popen(command, env=environ, stdout=stream, stderr=stream)
    try:
        until = time.monotonic() + 60
        while True:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=5)
                break
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
    written = log.read_text()
    assert "물가" not in written
    assert "Traceback" not in written


@pytest.fixture(scope="module")
def address(own_redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with gunicorn(own_redis_url, tmp_path_factory.mktemp("gunicorn") / "log") as (address, _):
        yield address


def raw(address: str, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of the answer to these very bytes."""
    url = httpx.URL(address)
    with socket.create_connection((url.host, url.port or 0), timeout=20) as connection:
        connection.sendall(request)
        received = b""
        with contextlib.suppress(ConnectionResetError):
            while chunk := connection.recv(65536):
                received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    return int(status.split()[1]), {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}, body


def test_an_extraction_over_http(address: str, store: JobStore) -> None:
    with httpx.Client(base_url=address, timeout=30) as client:
        job = client.post("/v1/extractions", json={"text": "물가가 올랐다."})
        assert job.status_code == 202
        Driver(store).succeed(job.json()["id"])
        assert client.get(job.headers["Location"]).json()["status"] == "succeeded"
        assert client.get(job.json()["links"]["result"]).json()["offset_unit"] == "code_point"
        assert client.delete(job.headers["Location"]).status_code == 204
        assert client.get(job.headers["Location"]).status_code == 410


def test_chunked_bodies_are_read_whole(address: str, store: JobStore) -> None:
    body = json.dumps({"text": "물가가 올랐다. " * 1000}, ensure_ascii=False).encode()
    response = httpx.post(
        f"{address}/v1/extractions",
        content=(body[i : i + 999] for i in range(0, len(body), 999)),
        headers={"Content-Type": "application/json"},
    )
    assert response.status_code == 202
    _, request = Driver(store).start(response.json()["id"])
    assert request["text"] == "물가가 올랐다. " * 1000


def test_chunked_bodies_that_are_too_large_are_refused(address: str) -> None:
    chunk = b"4e20\r\n" + b"a" * 20_000 + b"\r\n"
    request = (
        b"POST /v1/extractions HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
        + chunk * 6
        + b"0\r\n\r\n"
    )
    status, headers, body = raw(address, request)
    assert status == 413
    assert json.loads(body)["type"] == "/problems/body-too-large"
    assert headers["connection"] == "close"


def test_a_body_that_says_it_is_too_large_is_not_waited_for(address: str) -> None:
    status, headers, body = raw(
        address, b"POST /v1/extractions HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 99999999999\r\n\r\n"
    )
    assert status == 413
    assert headers["connection"] == "close"
    assert json.loads(body)["type"] == "/problems/body-too-large"


@pytest.mark.parametrize(
    ("request_bytes", "expected"),
    [
        (b"POST /v1/extractions HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST /v1/extractions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
        (b"POST /v1/extractions HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /v1/extractions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 400),
        (b"nonsense\r\n\r\n", 400),
        (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nA B: c\r\n\r\n", 400),
        (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nA: \x00\r\n\r\n", 400),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
        (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + b"A: b\r\n" * 200 + b"\r\n", 431),
        (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nA: " + b"b" * 9000 + b"\r\n\r\n", 431),
        (b"POST /v1/extractions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: rot13\r\n\r\n", 501),
    ],
)
def test_what_is_no_http_is_a_problem_too(address: str, request_bytes: bytes, expected: int) -> None:
    status, headers, body = raw(address, request_bytes)
    assert status == expected
    assert headers["content-type"] == "application/problem+json"
    assert json.loads(body)["type"] == f"/problems/{ {414: 'uri-too-long', 431: 'headers-too-large'}.get(expected, 'bad-request') }"
    assert headers["x-request-id"]
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["//v1//extractions", "/%2e%2e/%2e%2e/etc/passwd", "/v1/extractions/%00", "/static/../../pyproject.toml"])
def test_odd_paths(address: str, path: str) -> None:
    status, headers, _ = raw(address, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert status == 404
    assert headers["content-type"] == "application/problem+json"


def test_those_who_wait_do_not_keep_the_others_from_answers(address: str) -> None:
    """Twice as many waiting requests as there are threads: the service still answers."""
    done: list[int] = []

    def wait() -> None:
        done.append(httpx.post(f"{address}/v1/extractions", json={"text": "물가"}, headers={"Prefer": "wait=4"}, timeout=60).status_code)

    waiting = [threading.Thread(target=wait) for _ in range(16)]
    for thread in waiting:
        thread.start()
    time.sleep(0.5)
    began = time.monotonic()
    assert httpx.get(f"{address}/healthz", timeout=30).status_code == 200
    assert [thread for thread in waiting if thread.is_alive()] or time.monotonic() - began > 3  # some are held while this was answered
    for thread in waiting:
        thread.join(60)
    assert done == [202] * 16


def test_those_who_wait_get_their_answer_when_the_service_stops(own_redis_url: str, tmp_path: Path) -> None:
    with gunicorn(own_redis_url, tmp_path / "log") as (address, process):
        stop = threading.Timer(1, process.terminate)
        stop.start()
        response = httpx.post(f"{address}/v1/extractions", json={"text": "물가"}, headers={"Prefer": "wait=30"}, timeout=60)
        assert response.status_code == 202  # queued: another process answers for it
        assert process.wait(60) == 0


def test_clients_that_stall_do_not_keep_the_threads(own_redis_url: str, tmp_path: Path) -> None:
    with gunicorn(own_redis_url, tmp_path / "log", WEB_PROCESSES="1", WEB_THREADS="2", CLIENT_TIMEOUT="1") as (address, _):
        url = httpx.URL(address)
        head = b"POST /v1/extractions HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\nab"
        stalled = [socket.create_connection((url.host, url.port or 0), timeout=60) for _ in range(4)]
        for connection in stalled:
            connection.sendall(head)
        assert httpx.get(f"{address}/healthz", timeout=60).status_code == 200
        for connection in stalled:
            assert connection.recv(100).startswith(b"HTTP/1.1 400")
            connection.close()


def test_web_process_never_loads_kiwi() -> None:
    code = "import sys, service.wsgi; sys.exit(any(name.split('.')[0] in ('kiwipiepy', 'pycrfsuite', 'workers') for name in sys.modules))"
    environ = os.environ | {"REDIS_URL": "redis://localhost"}
    assert subprocess.run([sys.executable, "-c", code], env=environ, check=False).returncode == 0


def test_keys_are_taken_and_revoked_while_the_service_runs(redis_url: str, tmp_path: Path) -> None:
    """Both web processes know of it within seconds, and neither opens when the last key is gone."""
    url = f"{redis_url}?db=8"
    api_keys = ApiKeys(redis.Redis.from_url(url))

    def asked(address: str, secret: str) -> set[int]:
        """What a number of connections get, so that every process answers some."""
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        return {httpx.get(f"{address}/v1/extractions/{uuid.uuid4()}", headers=headers).status_code for _ in range(12)}

    def until(address: str, secret: str, status: int) -> None:
        end = time.monotonic() + 30
        while (seen := asked(address, secret)) != {status}:
            assert time.monotonic() < end, seen

    with gunicorn(url, tmp_path / "log", HOST="0.0.0.0", ALLOW_ANONYMOUS="yes", WEB_PROCESSES="2") as (address, _):
        assert asked(address, "") == {404}
        key, secret = api_keys.add("newsroom")
        until(address, "", 401)
        until(address, secret, 404)
        api_keys.revoke(key.id)
        until(address, secret, 401)
        assert asked(address, "") == {401}
    assert secret not in (tmp_path / "log").read_text()
    redis.Redis.from_url(url).flushdb()
