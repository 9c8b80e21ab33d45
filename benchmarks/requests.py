"""POST of a document against a bare Flask handler that only parses the same JSON, under the same gunicorn settings.

    python -m benchmarks.requests

Both run at the same time, each with its own processes; connections are kept open, and the two are asked in turns, so that both meet the
same machine. `client`: from the first byte sent to the last received. `application`: the time inside the application, from its call to the
last byte of its answer; the bare handler never waits there, the service waits for Redis and then for its turn among the other threads.
`own`: what it computes in that time, the processor time of its thread.
`CPU`: what the web processes used, a request. Ratios are of the service to the bare handler in one round, medians over the rounds.
"""

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import redis
from rich.console import Console
from rich.table import Table

from benchmarks.timed_apps import CLOCK, OWN
from jujang.embedded_redis import EmbeddedRedis

BODY_BYTES = 5_000
CONNECTIONS = 16
ROUNDS = 9
ROUND_S = 2.0
APPLICATIONS = ("bare", "service")
QUANTILES = (50, 99)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    arguments = parser.parse_args()
    table = Table("", *(f"{where}, p{q}" for where in ("own", "application", "client") for q in QUANTILES), "CPU")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        store = stack.enter_context(EmbeddedRedis(folder / "redis"))
        servers = {name: stack.enter_context(gunicorn(name, store.url, folder)) for name in APPLICATIONS}
        for server in servers.values():
            measure(server, arguments.connections, 1.0)  # warm
        rounds = []
        for _ in range(arguments.rounds):
            rounds.append({name: measure(server, arguments.connections, ROUND_S) for name, server in servers.items()})
            redis.Redis.from_url(store.url).flushdb()  # nobody works here
    for name in APPLICATIONS:
        columns = zip(*(each[name] for each in rounds), strict=True)
        table.add_row(name, *(f"{statistics.median(column) * 1000:.2f} ms" for column in columns))
    ratios = ([s / b for s, b in zip(each["service"], each["bare"], strict=True)] for each in rounds)
    table.add_row("service / bare", *(f"{statistics.median(column):.2f}" for column in zip(*ratios, strict=True)), style="bold")
    Console(width=110).print(table)


def document() -> bytes:
    """A request of `BODY_BYTES`, of the sample's text."""
    text: str = json.loads(files("jujang").joinpath("samples/news.json").read_text("utf-8"))["text"]
    request = {"text": "", "document": {"id": "news-1", "title": "시험", "published_at": "2026-03-04"}}
    room = BODY_BYTES - len(json.dumps(request, ensure_ascii=False).encode())
    cut = (text * (room // len(text.encode()) + 1)).encode()[:room].decode("utf-8", "ignore")
    return json.dumps(request | {"text": cut.replace("\n", " ")}, ensure_ascii=False).encode()


def measure(server: "Server", connections: int, seconds: float) -> list[float]:
    """Post for so long over as many connections: `QUANTILES` of the times inside the application, of the client's, and CPU; in seconds."""
    body = document()
    until = time.perf_counter() + seconds

    def post(_: int) -> list[tuple[float, float, float]]:
        connection = HTTPConnection("127.0.0.1", server.port)
        found = []
        while (begun := time.perf_counter()) < until:
            connection.request("POST", "/v1/extractions", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            said = answer.read()
            if answer.status != 202:
                raise SystemExit(f"{answer.status}: {said.decode()}")
            found.append((float(answer.headers[OWN]), float(answer.headers[CLOCK]), time.perf_counter() - begun))
        connection.close()
        return found

    used_s = server.cpu_s()
    with ThreadPoolExecutor(connections) as threads:
        found = [each for some in threads.map(post, range(connections)) for each in some]
    return [*quantiles(found), (server.cpu_s() - used_s) / len(found)]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def quantiles(found: list[tuple[float, float, float]]) -> list[float]:
    """`QUANTILES` of each column, in seconds."""
    return [sorted(column)[len(column) * q // 100] for column in zip(*found, strict=True) for q in QUANTILES]


@dataclass(frozen=True, slots=True)
class Server:
    """A gunicorn that answers."""

    port: int
    process: psutil.Process

    def cpu_s(self) -> float:
        """What its web processes have used so far."""
        return sum(times.user + times.system for times in (each.cpu_times() for each in self.process.children()))


@contextmanager
def gunicorn(name: str, redis_url: str, folder: Path) -> Iterator[Server]:
    """An application of `benchmarks.timed_apps` with the service's settings."""
    port = free_port()
    limits = {"RATE_LIMIT": "100000000/minute", "MAX_QUEUED": "100000000"}  # counted all the same
    environ = os.environ | {"REDIS_URL": redis_url, "PORT": str(port), "HOST": "127.0.0.1", "LOG_LEVEL": "info"} | limits
    command = [sys.executable, "-m", "gunicorn", "--config", "python:service.gunicorn_config", f"benchmarks.timed_apps:{name}()"]
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
    try:
        until = time.monotonic() + 60
        while True:
            connection = HTTPConnection("127.0.0.1", port)
            try:
                connection.request("GET", "/healthz")
                connection.getresponse().read()
                break
            except OSError:
                if time.monotonic() > until or process.poll() is not None:
                    raise SystemExit((folder / f"{name}.log").read_text()) from None
                time.sleep(0.1)
            finally:
                connection.close()
        yield Server(port, psutil.Process(process.pid))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


if __name__ == "__main__":
    main()
