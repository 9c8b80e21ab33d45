"""`jujang status` on a real Redis."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import redis
from click.testing import CliRunner, Result
from rq.worker import Worker

from jobstore import counters, failures
from jobstore.keys import Lane
from jobstore.rq_queue import queue
from jobstore.store import JobStore
from jujang.cli import main
from jujang.embedded_redis import EmbeddedRedis
from jujang.status import read, summarize
from jujang.status_view import duration, size
from tests.begin import begin, leases
from tests.service.driver import Driver


@pytest.fixture
def store(url: str) -> JobStore:
    return JobStore.connect(url)


def work(store: JobStore, count: int = 1) -> None:
    for _ in range(count):
        job = store.submit({"text": "버스 3대"}).id
        attempt = begin(store, job)
        assert attempt is not None
        observed = counters.CHARACTERS.by(5) | counters.QUEUE_WAIT.of(0.5) | counters.JOB_DURATION.of(0.25)
        assert leases(store).succeed(job, attempt.token, b"{}", observed | counters.STAGE_DURATION.of(0.125, stage="names"))


def status(*arguments: str, **environ: str) -> Result:
    settings = {"REDIS_URL": None, "COLUMNS": "160", **environ}
    return CliRunner().invoke(main, ["status", "--interval", "0.1", *arguments], env=settings)


def test_everything_as_json(store: JobStore, url: str) -> None:
    work(store, 3)
    failed, waiting = store.submit({"text": "a"}).id, store.submit({"text": "b"}).id
    Driver(store).fail(failed, failures.worker_lost(3))
    store.count_recovery("child_killed", waiting)
    connection = redis.Redis.from_url(url)
    worker = Worker([queue(connection, Lane.SHORT)], connection=connection, name="w-1")
    worker.register_birth()  # type: ignore[no-untyped-call]
    result = status("--json", REDIS_URL=url)
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    assert told["jobs"] == {
        "accepted": 5,
        "succeeded": 3,
        "failed": 1,
        "failed_by_reason": {"worker-lost": 1},
        "canceled": 0,
    }
    assert told["means"] == {"queue_wait_s": 0.5, "job_s": 0.25, "stages_s": {"names": 0.125}}
    assert [worker["name"] for worker in told["workers"]] == ["w-1"]
    assert told["queues"][0]["name"] == "jujang"
    assert told["queues"][0]["length"] >= 1
    assert told["recoveries"]["recent"][0]["job_id"] == waiting
    assert told["redis"]["durable"] is True
    assert told["redis"]["memory_bytes"] > 0


def test_rates_are_counted_between_two_readings(store: JobStore) -> None:
    before = read("here", store)
    work(store, 4)
    after = read("here", store)
    seconds = (after.vitals.at - before.vitals.at).total_seconds()
    rates = summarize(before, after)["rates"]
    assert rates["accepted_per_s"] == pytest.approx(4 / seconds, abs=0.01)
    assert rates["ended_per_s"] == pytest.approx(4 / seconds, abs=0.01)
    assert rates["characters_per_s"] == pytest.approx(20 / seconds, abs=0.01)


def test_counters_that_begin_anew_give_no_negative_rate(store: JobStore, url: str) -> None:
    work(store)
    before = read("here", store)
    redis.Redis.from_url(url).flushdb()
    assert summarize(before, read("here", store))["rates"]["ended_per_s"] == 0


def test_for_the_eye(store: JobStore, url: str) -> None:
    work(store, 2)
    Driver(store).fail(store.submit({"text": "a"}).id, failures.deadline_exceeded(3))
    store.count_recovery("orphan_requeued", "job-7")
    result = status(REDIS_URL=url)
    assert result.exit_code == 0, result.output
    for shown in ("No worker is registered", "1 deadline-exceeded", "orphan_requeued", "job-7", "names", "500 ms", "jujang"):
        assert shown in result.output


def test_watching_goes_on_until_it_is_stopped(store: JobStore, url: str) -> None:
    command = [sys.executable, "-m", "jujang", "status", "--watch", "--json", "--interval", "0.1"]
    with subprocess.Popen(
        command, env=os.environ | {"REDIS_URL": url}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = [json.loads(process.stdout.readline())]
        work(store)
        while lines[-1]["jobs"]["succeeded"] == 0:
            lines.append(json.loads(process.stdout.readline()))
        process.send_signal(2)
        _, error = process.communicate(timeout=30)
    assert process.returncode == 0
    assert error == ""


def test_the_embedded_redis_of_a_running_service_is_found(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path / "redis") as server:
        work(JobStore.connect(server.url))
        result = status("--json", "--data", str(tmp_path))
        assert json.loads(result.stdout)["jobs"]["succeeded"] == 1
    stopped = status("--data", str(tmp_path))
    assert stopped.exit_code == 1
    assert f"No service runs on {tmp_path} now" in stopped.output.replace("\n", "")


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({}, "There is no data of a service in"),
        ({"REDIS_URL": "redis://:SECRET@127.0.0.1:1/0"}, "Redis at 127.0.0.1:1 does not answer"),
        ({"REDIS_URL": "http://:SECRET@127.0.0.1"}, "REDIS_URL is not an address of Redis"),
        ({"REDIS_URL": "redis+sentinel://:SECRET@127.0.0.1:1/m"}, "m by the Sentinels 127.0.0.1:1 does not answer"),
    ],
)
def test_what_is_wrong_is_said(environ: dict[str, str], says: str, tmp_path: Path) -> None:
    result = status("--data", str(tmp_path), **environ)
    assert result.exit_code == 1
    assert says in result.output
    assert "SECRET" not in result.output
    assert "Traceback" not in result.output


def test_the_probe_asks_for_a_worker_of_this_host(url: str) -> None:
    assert status("--probe", REDIS_URL=url).exit_code == 1
    connection = redis.Redis.from_url(url)
    worker = Worker([queue(connection, Lane.SHORT)], connection=connection, name="w-1")
    worker.register_birth()  # type: ignore[no-untyped-call]
    assert status("--probe", REDIS_URL=url).exit_code == 0
    connection.hset(worker.key, "last_heartbeat", "2026-01-01T00:00:00.000000Z")
    assert status("--probe", REDIS_URL=url).exit_code == 1
    connection.hset(worker.key, mapping={"last_heartbeat": "2099-01-01T00:00:00.000000Z", "hostname": "elsewhere"})
    silent = status("--probe", REDIS_URL=url)
    assert (silent.exit_code, "No worker of" in silent.output) == (1, True)


def test_durations_and_sizes_read_well() -> None:
    assert [duration(s) for s in (0.0032, 0.25, 1.5, 12, 119, 180, 7300, 90_000, 400_000)] == [
        "3.2 ms", "250 ms", "1.5 s", "12 s", "119 s", "3.0 min", "2.0 h", "25 h", "5 d",
    ]  # fmt: skip
    assert [size(n) for n in (900, 1536, 3 * 2**20, 5 * 2**30)] == ["900 B", "1.5 KiB", "3.0 MiB", "5.0 GiB"]
