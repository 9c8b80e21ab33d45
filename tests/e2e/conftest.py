"""The whole service as `jujang up` starts it, once a session."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.webhooks.receiver import Receiver

START_S = 120


@dataclass
class Service:
    """A running service; `log` is what its processes said."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=60, trust_env=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(folder: Path, *arguments: str, port: int | None = None, environ: Mapping[str, str] | None = None) -> Service:
    """`jujang up` on a free port; returns at once."""
    port = port or free_port()
    log = folder / "log.txt"
    settings = (
        {k: v for k, v in os.environ.items() if k != "REDIS_URL"}
        | {"PORT": str(port), "DATA_DIR": str(folder / "data")}
        | dict(environ or {})
    )
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "jujang", "up", *arguments], env=settings, stdout=out, stderr=out, cwd=folder)
    return Service(f"http://127.0.0.1:{port}", process, log)


def wait_until_ready(service: Service, workers: int) -> None:
    until = time.monotonic() + START_S
    with service.client() as client:
        while time.monotonic() < until and service.process.poll() is None:
            try:
                answer = client.get("/readyz")
                if answer.is_success and answer.json()["workers"] >= workers:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
    pytest.fail(f"not ready: {service.log.read_text('utf-8', 'replace')}")


def stop(service: Service, number: signal.Signals = signal.SIGINT) -> int:
    if service.process.poll() is None:
        service.process.send_signal(number)
    return service.process.wait(60)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    environ = {"WEBHOOK_ALLOW": "127.0.0.0/8", "WEBHOOK_RETRIES": "1,1,1"}
    running = start(tmp_path_factory.mktemp("service"), "--workers", "2", environ=environ)
    try:
        wait_until_ready(running, 2)
        yield running
    finally:
        stop(running)
