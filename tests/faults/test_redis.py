"""Redis that dies, freezes, is full, cannot write or loses its connections."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest
import redis

from jobstore.connection import StoreUnavailable
from jobstore.store import JobStore
from jujang.embedded_redis import EmbeddedRedis, server_binary
from schemas.labels import JobStatus
from tests.faults.conftest import Start
from tests.faults.ledger import Ledger
from tests.service.test_gunicorn import gunicorn

Told = Callable[[float, int], None]
OUTAGE_S = float(os.environ.get("FAULTS_OUTAGE", "25"))


def restart(server: EmbeddedRedis) -> None:
    psutil.Process(server.pid).wait(20)
    server.start()


def test_redis_is_killed_while_nothing_runs(ledger: Ledger, start: Start, server: EmbeddedRedis, summary: Told) -> None:
    ledger.submit(*["next"] * 50)
    os.kill(server.pid, signal.SIGKILL)
    restart(server)
    start()
    assert ledger.settle() >= 0
    ledger.submit("next")
    seconds = ledger.settle()
    os.kill(server.pid, signal.SIGKILL)  # the worker waits on it for a job
    restart(server)
    ledger.submit(*["next"] * 5)
    seconds = ledger.settle()
    summary(seconds, ledger.check())


def test_redis_is_killed_in_the_middle_of_jobs(ledger: Ledger, start: Start, server: EmbeddedRedis, summary: Told) -> None:
    start(WORKER_PROCESSES="2")
    jobs = ledger.submit(*["sleep 1"] * 2, *["next"] * 50)
    ledger.until(jobs[1], JobStatus.RUNNING)
    os.kill(server.pid, signal.SIGKILL)
    restart(server)
    seconds = ledger.settle()
    again = ledger.check()
    assert again == 0
    summary(seconds, again)


def test_a_finished_result_survives_a_long_outage(ledger: Ledger, start: Start, server: EmbeddedRedis, summary: Told) -> None:
    start(WORKER_PROCESSES="2")
    jobs = ledger.submit(*["sleep 1"] * 2, *["next"] * 5)
    ledger.until(jobs[1], JobStatus.RUNNING)
    server.stop()
    time.sleep(OUTAGE_S)
    server.start()
    seconds = ledger.settle()
    again = ledger.check()
    assert again == 0, "what was done is not done again"
    summary(seconds, again)


def test_redis_freezes_while_documents_are_posted(
    ledger: Ledger, start: Start, server: EmbeddedRedis, summary: Told, tmp_path: Path
) -> None:
    start(WORKER_PROCESSES="2")
    with gunicorn(server.url, tmp_path / "api.log") as (address, _), httpx.Client(base_url=address, timeout=40) as client:
        refused = 0

        def post(number: int) -> None:
            nonlocal refused
            headers = {"Idempotency-Key": f"document-{number}"}
            for _ in range(60):  # as a client does that wants it done: again with the same key
                answer = client.post("/v1/extractions", json={"text": f"next {number}"}, headers=headers)
                if answer.is_success:  # 200 where it was accepted before, unheard, and is done by now
                    ledger.ids.append(answer.json()["id"])
                    return
                assert answer.status_code == 503, answer.text
                assert int(answer.headers["Retry-After"]) >= 1
                refused += 1
                time.sleep(0.5)
            pytest.fail("never accepted")

        freeze = threading.Timer(0.5, psutil.Process(server.pid).suspend)
        thaw = threading.Timer(8.5, psutil.Process(server.pid).resume)
        freeze.start()
        thaw.start()
        begun = time.monotonic()
        number = 0
        while time.monotonic() < begun + 10:
            post(number)
            number += 1
            time.sleep(0.01)
        freeze.join()
        thaw.join()
        seconds = ledger.settle()
        assert refused >= 1
        assert len(set(ledger.ids)) == number, "one job a key"
    summary(seconds, ledger.check())


def test_a_storm_of_killed_connections(ledger: Ledger, start: Start, server: EmbeddedRedis, summary: Told) -> None:
    start(WORKER_PROCESSES="2")
    storm = redis.Redis.from_url(server.url)
    over = threading.Event()
    killed = 0

    def kill_connections() -> None:
        nonlocal killed
        while not over.wait(0.03):
            killed += int(storm.client_kill_filter(_type="normal", skipme=True))

    thread = threading.Thread(target=kill_connections)
    ledger.submit(*["sleep 0.01"] * 300)
    begun = time.monotonic()
    thread.start()
    try:
        time.sleep(6)
    finally:
        over.set()
        thread.join()
    ledger.settle()
    assert killed > 50
    summary(time.monotonic() - begun, ledger.check())


def fill(connection: redis.Redis, size: int) -> None:
    for number in range(1_000_000):
        connection.set(f"other:{size}:{number}", os.urandom(size))


def test_a_full_memory_is_worked_off_and_then_takes_again(start: Start, summary: Told, tmp_path: Path) -> None:
    with (
        EmbeddedRedis(options=("--maxmemory", "24mb")) as full,
        gunicorn(full.url, tmp_path / "api.log") as (address, _),
        httpx.Client(base_url=address, timeout=40) as client,
    ):
        ledger = Ledger(JobStore.connect(full.url))
        connection = redis.Redis.from_url(full.url)
        for number in range(200):
            answer = client.post("/v1/extractions", json={"text": f"next {number}"})
            assert answer.status_code == 202
            ledger.ids.append(answer.json()["id"])
        for size in (20_000, 2_000, 100):  # somebody else fills it to the brim
            with pytest.raises(redis.OutOfMemoryError):
                fill(connection, size)
        until = time.monotonic() + 20
        while (answer := client.post("/v1/extractions", json={"text": "next"})).status_code == 202 and time.monotonic() < until:
            ledger.ids.append(answer.json()["id"])
        assert answer.status_code in (429, 503)
        assert int(answer.headers["Retry-After"]) >= 1
        start(url=full.url)
        seconds = ledger.settle()
        for key in connection.scan_iter("other:*", count=1000):
            connection.unlink(key)
        until = time.monotonic() + 30
        while (answer := client.post("/v1/extractions", json={"text": "next"})).status_code != 202 and time.monotonic() < until:
            time.sleep(0.2)
        ledger.ids.append(answer.json()["id"])
        ledger.settle()
        summary(seconds, ledger.check())


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """A Redis whose append-only file can be kept from growing: a full disk, without a disk."""
    socket = f"/tmp/jujang-limited-{os.getpid()}.sock"
    command = [str(server_binary()), "--port", "0", "--unixsocket", socket, "--dir", str(tmp_path), "--appendonly", "yes", "--save", ""]
    # as Python ignores SIGXFSZ, so does what it starts, unless the signals are restored: writing beyond the limit is an error then
    process = subprocess.Popen([*command, "--appendfsync", "everysec"], restore_signals=False, stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 20
        while not Path(socket).exists():
            assert time.monotonic() < until
            time.sleep(0.02)
        yield f"unix://{socket}", process.pid
    finally:
        process.kill()
        process.wait()
        Path(socket).unlink(missing_ok=True)


def submit_until_refused(ledger: Ledger) -> None:
    for _ in range(200):
        ledger.submit("next")
        time.sleep(0.1)


@pytest.mark.skipif(sys.platform != "linux", reason="prlimit is Linux's")
def test_a_full_disk_refuses_and_then_goes_on(limited: tuple[str, int], start: Start, summary: Told) -> None:
    url, pid = limited
    ledger = Ledger(JobStore.connect(url))
    start(url=url)
    in_hand, *_ = ledger.submit("sleep 3", *["next"] * 20)
    ledger.until(in_hand, JobStatus.RUNNING)
    psutil.Process(pid).rlimit(psutil.RLIMIT_FSIZE, (1, -1))
    with pytest.raises(StoreUnavailable, match="MISCONF"):
        submit_until_refused(ledger)
    time.sleep(4)  # the job in hand is done meanwhile and cannot be told
    psutil.Process(pid).rlimit(psutil.RLIMIT_FSIZE, (-1, -1))
    seconds = ledger.settle()
    summary(seconds, ledger.check())
