"""The whole service, real extraction and all: its supervisor killed, equal requests at once, jobs of an older version."""

import json
import signal
import threading
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psutil
import redis
from rq import Queue, Retry
from rq.job import Job
from rq.serializers import JSONSerializer

from jobstore.keys import Lane
from jujang.embedded_redis import EmbeddedRedis
from schemas.labels import JobStatus
from tests.e2e.conftest import start as jujang_up
from tests.e2e.conftest import stop, wait_until_ready
from tests.faults.conftest import Start
from tests.faults.ledger import Ledger
from tests.service.test_gunicorn import gunicorn

Told = Callable[[float, int], None]
TEXT = "한빛시는 지난해 전기버스 480대를 들여왔다고 3일 밝혔다. 시민 12.5%가 찬성했다.\n" * 60


def test_the_supervisor_is_killed_and_started_again(tmp_path: Path, summary: Told) -> None:
    service = jujang_up(tmp_path, "--workers", "2")
    ids: list[str] = []
    try:
        wait_until_ready(service, 2)
        with service.client() as client:
            for number in range(60):
                answer = client.post("/v1/extractions", json={"text": f"{number}. {TEXT}"})
                assert answer.status_code == 202
                ids.append(answer.json()["id"])
        family = psutil.Process(service.process.pid).children(recursive=True)
        stop(service, signal.SIGKILL)
        assert psutil.wait_procs(family, timeout=60)[1] == []
        service = jujang_up(tmp_path, "--workers", "2")
        wait_until_ready(service, 2)
        begun = time.monotonic()
        with service.client() as client:
            for job_id in ids:
                while (job := client.get(f"/v1/extractions/{job_id}", headers={"Prefer": "wait=30"}).json())["status"] in (
                    "queued",
                    "running",
                ):
                    assert time.monotonic() < begun + 120
                assert job["status"] == "succeeded", job
                assert client.get(job["links"]["result"]).status_code == 200
        summary(time.monotonic() - begun, 0)
    finally:
        stop(service)


def test_the_same_post_fifty_times_at_once(ledger: Ledger, start: Start, server: EmbeddedRedis, summary: Told, tmp_path: Path) -> None:
    start(WORKER_PROCESSES="2")
    with gunicorn(server.url, tmp_path / "api.log") as (address, _):
        ready = threading.Barrier(25)

        def post(number: int) -> str:
            with httpx.Client(base_url=address, timeout=40) as client:
                ready.wait(60)
                answer = client.post("/v1/extractions", json={"text": "next"}, headers={"Idempotency-Key": f"document-{number % 2}"})
                assert answer.status_code in (200, 202), answer.text  # 200: it is done already
                return str(answer.json()["id"])

        with ThreadPoolExecutor(25) as pool:
            answers = list(pool.map(post, range(50)))
        ledger.ids = sorted(set(answers))
        assert len(ledger.ids) == 2, "one job a key"
        seconds = ledger.settle()
        again = ledger.check()
        assert again == 0
    summary(seconds, again)


def old_version_submits(connection: redis.Redis, job_id: str, text: str) -> Job:
    """What version 0.1.0 wrote before there were owners, lanes and leases."""
    now = datetime.now(UTC).isoformat()
    queue = Queue("jujang", connection=connection, serializer=JSONSerializer)
    job = Job.create(
        "workers.tasks.extract",
        args=(job_id,),
        id=job_id,
        description=job_id,
        connection=connection,
        serializer=JSONSerializer,
        timeout=120,
        result_ttl=0,
        failure_ttl=86_400,
        retry=Retry(max=2),
        origin="jujang",
    )
    queue.get_redis_server_version()
    with connection.pipeline(transaction=True) as pipe:
        queue.enqueue_job(job, pipeline=pipe)
        pipe.hset(f"jujang:job:{job_id}", mapping={"status": "queued", "created_at": now, "expires_at": now})
        pipe.expire(f"jujang:job:{job_id}", 700_000)
        pipe.set(f"jujang:request:{job_id}", zlib.compress(json.dumps({"text": text}).encode(), 1), ex=600_000)
        pipe.execute()
    return job


def test_a_new_version_does_the_jobs_of_the_old(ledger: Ledger, start: Start, summary: Told) -> None:
    connection = ledger.store.connection
    for number in range(10):
        ledger.ids.append(f"00000000-0000-4000-8000-{number:012}")
        old_version_submits(connection, ledger.ids[-1], "next")
    running = ledger.ids[0]  # its old worker has died with it: an execution by RQ's name, an attempt by another
    connection.lrem(Lane.SHORT.queue, 0, running)
    connection.hset(f"jujang:job:{running}", mapping={"status": "running", "attempt": "a" * 32, "attempts": 1, "started_at": "2026-01-01"})
    connection.zadd("rq:wip:jujang", {f"{running}:{'b' * 32}": time.time() + 1})
    start()
    seconds = ledger.settle()
    assert ledger.check() == 1
    assert ledger.record(running).status is JobStatus.SUCCEEDED
    assert connection.keys("rq:job:*") == []
    summary(seconds, 1)
