"""From a job's end to its receiver: the process itself, on a real Redis, killed and started again, with receivers that fail."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import redis
from standardwebhooks import Webhook

from jobstore import keys
from jobstore.outbox import Outbox
from jobstore.record import Callback
from jobstore.store import JobStore
from jobstore.webhook_secrets import WebhookSecrets
from jujang.embedded_redis import EmbeddedRedis
from schemas.labels import DeliveryStatus
from tests.service.driver import Driver
from tests.webhooks.receiver import Answer, Receiver

OWNER = "newsroom"


@contextlib.contextmanager
def delivering(redis_url: str, log: Path, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """`jujang deliver`, which allows loopback and tries again soon."""
    environ = os.environ | {"REDIS_URL": redis_url, "WEBHOOK_ALLOW": "127.0.0.0/8,localhost", "WEBHOOK_RETRIES": "0,0,0,1"} | settings
    with log.open("ab") as stream:
        process = subprocess.Popen([sys.executable, "-m", "jujang", "deliver"], env=environ, stdout=stream, stderr=stream)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def ended(store: JobStore, url: str) -> str:
    job_id = store.submit({"text": "비밀글", "callback_url": url}, owner=OWNER, request_id="r1").id
    Driver(store).succeed(job_id)
    return job_id


def settled(store: JobStore, job_id: str, within_s: float = 30.0) -> Callback:
    """How it went, once that is known."""
    until = time.monotonic() + within_s
    while (callback := callback_of(store, job_id)).status is DeliveryStatus.PENDING:
        assert time.monotonic() < until, callback
        time.sleep(0.02)
    return callback


def callback_of(store: JobStore, job_id: str) -> Callback:
    record = store.fetch(job_id, OWNER)
    assert record is not None
    assert record.callback is not None
    return record.callback


def test_a_receiver_that_fails_twice_accepts_one_event(
    store: JobStore, secrets: WebhookSecrets, url: str, receiver: Receiver, tmp_path: Path
) -> None:
    receiver.answer(500, 503)
    with delivering(url, tmp_path / "log"):
        job_id = ended(store, receiver.url)
        callback = settled(store, job_id)
        time.sleep(1)  # nothing comes after it
    assert (callback.status, callback.attempts, callback.problem) == (DeliveryStatus.DELIVERED, 3, None)
    assert [each.status for each in receiver.received] == [500, 503, 204]
    assert len({each.headers["webhook-id"] for each in receiver.received}) == 1
    assert len({each.body for each in receiver.received}) == 1
    (secret,) = secrets.signing(OWNER)
    (accepted,) = receiver.accepted
    assert Webhook(secret).verify(accepted.body, accepted.headers)["data"]["id"] == job_id
    log = (tmp_path / "log").read_text("utf-8")
    lines = [json.loads(line) for line in log.splitlines()]
    attempts = [line for line in lines if line["event"] == "webhook"]
    assert [line["status"] for line in attempts] == ["pending", "pending", "delivered"]
    assert {(line["job_id"], line["request_id"], line["host"]) for line in attempts} == {(job_id, "r1", "127.0.0.1")}
    assert "비밀글" not in log
    assert "from=jujang" not in log
    assert secret not in log


def test_retries_survive_the_death_of_process_and_redis(receiver: Receiver, tmp_path: Path) -> None:
    """Everything is killed between two attempts; what was to be told is told by who comes after."""
    with EmbeddedRedis(tmp_path / "data") as server:
        store = JobStore(redis.Redis.from_url(server.url))
        receiver.answer(500)
        with delivering(server.url, tmp_path / "log", WEBHOOK_RETRIES="2") as process:
            job_id = ended(store, receiver.url)
            receiver.wait_for(1)
            until = time.monotonic() + 10
            while not callback_of(store, job_id).attempts and time.monotonic() < until:
                time.sleep(0.01)
            process.kill()
            process.wait()
        time.sleep(1.1)  # the append-only file is synced each second
        os.kill(server.pid, signal.SIGKILL)
        while server.poll() is None:
            time.sleep(0.01)
        server.start()
        with delivering(server.url, tmp_path / "log"):
            assert settled(store, job_id).status is DeliveryStatus.DELIVERED
    assert [each.status for each in receiver.received] == [500, 204]


def test_who_is_killed_in_the_middle_of_an_attempt_is_stood_in_for(
    store: JobStore, connection: redis.Redis, url: str, receiver: Receiver, tmp_path: Path
) -> None:
    receiver.answer(Answer(500, pause_s=20))
    with delivering(url, tmp_path / "log") as process:
        job_id = ended(store, receiver.url)
        receiver.wait_for(1)
        process.kill()
        process.wait()
    assert connection.zcard(keys.OUTBOX) == 1
    connection.zadd(keys.OUTBOX, {job_id: time.time()})  # its lease is over
    with delivering(url, tmp_path / "log"):
        assert settled(store, job_id).status is DeliveryStatus.DELIVERED
    assert len(receiver.accepted) == 1


def test_killed_again_and_again_it_tells_everything(store: JobStore, connection: redis.Redis, url: str, tmp_path: Path) -> None:
    """Whoever was in the middle of an attempt comes once more, with the same id; nothing is lost, nothing else comes twice."""
    threads, kills, often = 4, 3, "0 " * 50
    with Receiver(*[Answer(503 if i % 4 == 0 else 204, pause_s=0.02) for i in range(400)]) as receiver:
        jobs = [ended(store, receiver.url) for _ in range(120)]
        for round_ in range(1, kills + 1):
            with delivering(url, tmp_path / "log", WEBHOOK_THREADS=str(threads * 4), WEBHOOK_RETRIES=often) as process:
                receiver.wait_for(25 * round_)
                process.kill()
                process.wait()
            for event_id, due in connection.zscan_iter(keys.OUTBOX):
                if due > time.time() + 5:  # a lease, which is over now
                    connection.zadd(keys.OUTBOX, {event_id: time.time()})
        with delivering(url, tmp_path / "log", WEBHOOK_RETRIES=often):
            for job_id in jobs:
                assert settled(store, job_id).status is DeliveryStatus.DELIVERED
    told = Counter(each.headers["webhook-id"] for each in receiver.accepted)
    assert told.keys() == {f"msg_{job_id}" for job_id in jobs}
    assert sum(told.values()) - len(told) <= kills * threads, "one host has a quarter of the threads"


def test_two_processes_tell_each_event_once(store: JobStore, url: str, receiver: Receiver, tmp_path: Path) -> None:
    with delivering(url, tmp_path / "one"), delivering(url, tmp_path / "two"):
        jobs = [ended(store, receiver.url) for _ in range(60)]
        for job_id in jobs:
            assert settled(store, job_id).status is DeliveryStatus.DELIVERED
    assert sorted(json.loads(each.body)["data"]["id"] for each in receiver.received) == sorted(jobs)


def test_gone_is_gone_and_given_up_is_given_up(store: JobStore, url: str, receiver: Receiver, tmp_path: Path) -> None:
    receiver.answer(410)
    with delivering(url, tmp_path / "log", WEBHOOK_RETRIES="0"):
        gone = settled(store, ended(store, receiver.url))
        assert (gone.status, gone.attempts) == (DeliveryStatus.FAILED, 1)
        receiver.answer(500, 500)
        given_up = settled(store, ended(store, receiver.url))
        assert (given_up.status, given_up.attempts, given_up.problem) == (DeliveryStatus.FAILED, 2, "Answered 500.")
    assert store.counted()["jujang_webhooks_given_up"] == 2


def test_a_host_that_hangs_does_not_keep_the_others_waiting(
    store: JobStore, outbox: Outbox, url: str, receiver: Receiver, tmp_path: Path
) -> None:
    with Receiver(*[Answer(pause_s=5)] * 50) as hanging, delivering(url, tmp_path / "log", WEBHOOK_THREADS="4"):
        for _ in range(20):
            ended(store, hanging.url.replace("127.0.0.1", "localhost"))
        hanging.wait_for(1)
        job_id = ended(store, receiver.url)
        assert settled(store, job_id, 15).status is DeliveryStatus.DELIVERED
        assert len(hanging.received) < 5
    assert len(outbox.waiting()) >= 15


def test_it_waits_for_redis_and_goes_on(receiver: Receiver, tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path / "data") as server:
        store = JobStore(redis.Redis.from_url(server.url))
        with delivering(server.url, tmp_path / "log") as process:
            assert settled(store, ended(store, receiver.url)).status is DeliveryStatus.DELIVERED
            server.stop()
            time.sleep(1.5)
            assert process.poll() is None
            server.start()
            assert settled(store, ended(store, receiver.url)).status is DeliveryStatus.DELIVERED
    assert len(receiver.received) == 2


def test_it_finishes_what_is_under_way_when_it_is_told_to_stop(store: JobStore, url: str, receiver: Receiver, tmp_path: Path) -> None:
    receiver.answer(Answer(204, pause_s=1))
    with delivering(url, tmp_path / "log") as process:
        job_id = ended(store, receiver.url)
        receiver.wait_for(1)
        process.terminate()
        assert process.wait(20) == 0
    assert settled(store, job_id, 1).status is DeliveryStatus.DELIVERED
