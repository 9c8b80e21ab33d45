"""A Redis with an append-only file and workers as real processes, for each test its own."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from jobstore.store import JobStore
from jujang.embedded_redis import EmbeddedRedis
from tests.faults.ledger import Ledger

ROOT = Path(__file__).parents[2]
LEASE_S = int(os.environ.get("FAULTS_LEASE", "2"))
"""Short, to have an answer soon; FAULTS_LEASE=12 for what workers really have."""


@dataclass
class Worker:
    """A worker of `tests.workers.faulty_worker`: the parent and its children."""

    process: subprocess.Popen[bytes]
    log: Path

    def children(self) -> list[psutil.Process]:
        """Every child, the lane of short documents first."""
        return sorted(psutil.Process(self.process.pid).children(), key=lambda child: child.pid)

    def family(self) -> list[psutil.Process]:
        """The parent and its children."""
        return [psutil.Process(self.process.pid), *self.children()]

    def end(self, number: signal.Signals = signal.SIGKILL) -> int:
        """Signal the parent and wait for it."""
        self.process.send_signal(number)
        return self.process.wait(60)


Start = Callable[..., Worker]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedRedis]:
    with EmbeddedRedis(tmp_path / "redis") as server:
        yield server


@pytest.fixture
def ledger(server: EmbeddedRedis) -> Ledger:
    return Ledger(JobStore.connect(server.url, deadline_s=60))


@pytest.fixture
def start(server: EmbeddedRedis, tmp_path: Path) -> Iterator[Start]:
    """Start a worker and wait until it is registered; settings by their names in the environment."""
    with contextlib.ExitStack() as stack:
        numbers = iter(range(100))

        def begin(url: str = server.url, **settings: str) -> Worker:
            log = tmp_path / f"worker-{next(numbers)}.log"
            environ = os.environ | {"REDIS_URL": url, "JOB_LEASE": str(LEASE_S), "JOB_DEADLINE": "60"} | settings
            with log.open("wb") as out:
                process = subprocess.Popen([sys.executable, "-m", "tests.workers.faulty_worker"], env=environ, stderr=out, cwd=ROOT)
            worker = Worker(process, log)
            stack.callback(lambda: worker.process.poll() is not None or worker.end())
            until = time.monotonic() + 60
            while "is ready" not in log.read_text():
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < until, log.read_text()
                time.sleep(0.02)
            return worker

        yield begin


@pytest.fixture
def summary(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Callable[[float, int], None]:
    """Call it with the seconds to recover and the executions beyond one a job; told at the end of the run (`-s`)."""

    def told(seconds: float, again: int) -> None:
        record_property("recovery_s", round(seconds, 1))
        record_property("executed_again", again)
        print(f"\n{request.node.name}: recovered in {seconds:.1f} s, {again} executions again")

    return told
