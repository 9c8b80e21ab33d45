"""The service's processes for the benchmarks: its own Redis, the API and a worker, each as it runs elsewhere."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from jujang.embedded_redis import EmbeddedRedis

WAIT_S = 120


@dataclass(frozen=True, slots=True)
class Service:
    """Running processes. `url` is the API's, `redis_url` Redis'."""

    url: str
    redis_url: str
    redis: psutil.Process
    api: psutil.Process
    worker: psutil.Process

    def children(self) -> list[psutil.Process]:
        """The worker's children."""
        return self.worker.children()

    def cpu_s(self) -> dict[str, float]:
        """Processor time so far of Redis, the API and the worker, their children included, in seconds."""
        return {"redis": _cpu_s(self.redis), "api": _cpu_s(self.api), "worker": _cpu_s(self.worker)}


@contextlib.contextmanager
def running(processes: int) -> Iterator[Service]:
    """A service whose worker works on `processes` documents at once; ready when this yields."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jujang-bench-")))
        server = stack.enter_context(EmbeddedRedis(folder / "redis"))
        port = free_port()
        environ = os.environ | {
            "REDIS_URL": server.url,
            "PORT": str(port),
            "HOST": "127.0.0.1",
            "LOG_LEVEL": "warning",
            "RATE_LIMIT": "off",
        }
        api = stack.enter_context(_ended(["api"], environ, folder / "api.log"))
        worker = stack.enter_context(_ended(["worker", "--processes", str(processes)], environ, folder / "worker.log"))
        url = f"http://127.0.0.1:{port}"
        _await_ready(url, processes, folder)
        yield Service(url, server.url, psutil.Process(server.pid), psutil.Process(api.pid), psutil.Process(worker.pid))


@contextlib.contextmanager
def _ended(arguments: list[str], environ: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "jujang", *arguments], env=environ, stdout=out, stderr=out)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def _await_ready(url: str, processes: int, folder: Path) -> None:
    until = time.monotonic() + WAIT_S
    with httpx.Client(base_url=url, timeout=5) as client:
        while time.monotonic() < until:
            with contextlib.suppress(httpx.TransportError):
                answer = client.get("/readyz")
                if answer.is_success and answer.json()["workers"] >= processes:
                    return
            time.sleep(0.05)
    raise RuntimeError("not ready: " + "".join(path.read_text("utf-8") for path in folder.glob("*.log")))


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _cpu_s(process: psutil.Process) -> float:
    return sum(sum(each.cpu_times()[:2]) for each in (process, *process.children(recursive=True)))
