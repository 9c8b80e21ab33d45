"""How long a worker takes to be ready, against a bare process that loads Kiwi as the worker does and tokenizes once.

    python -m benchmarks.start [--rounds 9] [--json]

A worker is ready when its children are registered and take jobs. Fresh processes alternate; medians of the ratios of two neighbours: of
processor time, where nothing waits and other work on the machine hardly counts, and of time by the clock. Both find their Python compiled,
as installed packages are; the round before the first sees to it.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass

import psutil
import redis
from rich.console import Console
from rich.table import Table
from rq.worker_registration import get_keys

from jobstore.keys import Lane
from jujang.embedded_redis import EmbeddedRedis

KIWI = """
from kiwipiepy import Kiwi
Kiwi(num_workers=0).tokenize("준비가 되었다.")
import time
print(time.process_time(), time.monotonic())
"""
ROUNDS = 9


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of processor time, and by the clock."""

    cpu_s: float
    wall_s: float


@dataclass(frozen=True, slots=True)
class Start:
    """The ratios, and what the worker took in seconds."""

    cpu: float
    wall: float
    worker_cpu_s: float
    worker_wall_s: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    found = measure(arguments.rounds)
    if arguments.json:
        print(json.dumps(asdict(found), indent=2))
        return
    table = Table("", "worker", "against Kiwi alone", title="Until a worker is ready")
    table.add_row("processor time", f"{found.worker_cpu_s:.2f} s", f"{found.cpu:.2f}")
    table.add_row("by the clock", f"{found.worker_wall_s:.2f} s", f"{found.wall:.2f}")
    Console().print(table)


def measure(rounds: int = ROUNDS) -> Start:
    """The medians over `rounds`, after one that warms the file cache."""
    with EmbeddedRedis() as server:
        pairs = [(kiwi(), worker(server.url)) for _ in range(rounds + 1)][1:]
    return Start(
        statistics.median(ready.cpu_s / bare.cpu_s for bare, ready in pairs),
        statistics.median(ready.wall_s / bare.wall_s for bare, ready in pairs),
        statistics.median(ready.cpu_s for _, ready in pairs),
        statistics.median(ready.wall_s for _, ready in pairs),
    )


def kiwi() -> Took:
    """A bare process, until it has tokenized."""
    begun = time.monotonic()
    told = subprocess.run([sys.executable, "-W", "ignore", "-c", KIWI], check=True, capture_output=True, text=True).stdout
    cpu_s, ended = map(float, told.split())
    return Took(cpu_s, ended - begun)


def worker(redis_url: str) -> Took:
    """A worker with one process a lane, until both are registered."""
    with redis.Redis.from_url(redis_url) as connection:
        begun = time.monotonic()
        command = [sys.executable, "-m", "jujang", "worker", "--processes", "1"]
        process = subprocess.Popen(command, env=_environment() | {"REDIS_URL": redis_url, "LOG_LEVEL": "error"})
        while len(get_keys(connection=connection)) < len(Lane):
            if process.poll() is not None:
                raise RuntimeError(f"the worker ended with {process.returncode}")
            time.sleep(0.002)
        wall_s = time.monotonic() - begun
        every = [psutil.Process(process.pid), *psutil.Process(process.pid).children()]
        cpu_s = sum(sum(each.cpu_times()[:2]) for each in every)
        process.terminate()
        process.wait(60)
        return Took(cpu_s, wall_s)


def _environment() -> dict[str, str]:
    """This process's, but that compiled Python may be kept."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


if __name__ == "__main__":
    main()
