"""Processes that die, freeze, hang or are told to stop."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from schemas.labels import JobStatus
from tests.faults.conftest import LEASE_S, Start
from tests.faults.ledger import Ledger

Told = Callable[[float, int], None]


def kill(*processes: psutil.Process) -> None:
    for process in processes:
        process.send_signal(signal.SIGKILL)


def test_a_child_is_killed(ledger: Ledger, start: Start, summary: Told) -> None:
    worker = start()
    in_hand, *_ = ledger.submit("sleep 1", *["next"] * 20)
    ledger.until(in_hand, JobStatus.RUNNING)
    kill(*worker.children())
    seconds = ledger.begun_anew(in_hand)
    ledger.settle()
    again = ledger.check()
    assert again == 1
    summary(seconds, again)


@pytest.mark.parametrize("how", ["parent", "family"])
def test_a_worker_is_killed_and_another_takes_up_its_job(ledger: Ledger, start: Start, summary: Told, how: str) -> None:
    worker = start()
    job, *_ = ledger.submit("sleep 4", *["next"] * 20)
    ledger.until(job, JobStatus.RUNNING)
    start()
    family = worker.family()
    kill(*(family if how == "family" else family[:1]))
    seconds = ledger.begun_anew(job)
    assert psutil.wait_procs(family, timeout=20)[1] == [], "no child outlives its parent"
    ledger.settle()
    again = ledger.check()
    assert again == 1
    summary(seconds, again)


def test_all_are_killed_and_a_new_worker_comes(ledger: Ledger, start: Start, summary: Told) -> None:
    workers = start(), start()
    jobs = ledger.submit(*["sleep 1"] * 4)
    for job in jobs[:2]:
        ledger.until(job, JobStatus.RUNNING)
    family = [process for worker in workers for process in worker.family()]
    kill(*family)
    begun = time.monotonic()
    psutil.wait_procs(family, timeout=20)
    start()
    for job in jobs[:2]:
        ledger.begun_anew(job)
    seconds = time.monotonic() - begun
    ledger.settle()
    again = ledger.check()
    assert again == 2
    summary(seconds, again)


def test_a_child_dies_between_taking_a_job_and_beginning_it(ledger: Ledger, start: Start, summary: Told, tmp_path: Path) -> None:
    start(DIE_ONCE_TAKING=str(tmp_path / "mark"))
    ledger.submit(*["next"] * 20)
    seconds = ledger.settle()
    assert (tmp_path / "mark").exists()
    again = ledger.check()
    assert again == 1
    summary(seconds, again)


FREEZE_S = float(os.environ.get("FAULTS_FREEZE", 3 * LEASE_S))


@pytest.mark.parametrize("who", ["parent", "child", "family"])
def test_processes_freeze_for_longer_than_their_lease_and_go_on(ledger: Ledger, start: Start, summary: Told, who: str) -> None:
    frozen = start()
    job, *_ = ledger.submit(f"sleep {FREEZE_S + LEASE_S + 2}")
    ledger.until(job, JobStatus.RUNNING)
    start()
    family = frozen.family()
    chosen = {"parent": family[:1], "child": family[1:], "family": family}[who]
    begun = time.monotonic()
    for process in chosen:
        process.suspend()
    ledger.submit(*["next"] * 5)
    seconds = ledger.begun_anew(job)
    time.sleep(max(begun + FREEZE_S - time.monotonic(), 0))
    for process in chosen:
        if process.is_running():
            process.resume()
    ledger.settle()
    time.sleep(LEASE_S + 2)  # who woke late has had its time to do harm
    again = ledger.check()
    assert again == 1
    summary(seconds, again)


def test_a_poison_document_fails_alone(ledger: Ledger, start: Start, summary: Told) -> None:
    start(WORKER_PROCESSES="2")
    poison = ledger.submit("next", "die", *["next"] * 10, "die")
    seconds = ledger.settle()
    again = ledger.check(failed=2)
    assert again == 4, "three tries each"
    assert {ledger.record(poison[place]).error["type"] for place in (1, -1)} == {"/problems/worker-lost"}  # type: ignore[index]
    summary(seconds, again)


@pytest.mark.parametrize("text", ["hang", "spin", "sleep 600"])
def test_a_hung_document_fails_alone(ledger: Ledger, start: Start, summary: Told, text: str) -> None:
    start(JOB_DEADLINE="2")
    hung, *_ = ledger.submit(text, *["next"] * 10)
    seconds = ledger.settle()
    again = ledger.check(failed=1)
    assert again == 0, "it would take as long again"
    assert (ledger.record(hung).error or {})["type"] == "/problems/deadline-exceeded"
    summary(seconds, again)


def test_sigterm_under_load_finishes_what_is_in_hand(ledger: Ledger, start: Start, summary: Told) -> None:
    stopping = start(WORKER_PROCESSES="2")
    jobs = ledger.submit(*["sleep 0.5"] * 12)
    for job in jobs[:2]:
        ledger.until(job, JobStatus.RUNNING)
    begun = time.monotonic()
    assert stopping.end(signal.SIGTERM) == 0
    assert [ledger.record(job).status for job in jobs[:2]] == [JobStatus.SUCCEEDED] * 2
    assert ledger.record(jobs[-1]).status is JobStatus.QUEUED
    start()
    ledger.settle()
    again = ledger.check()
    assert again == 0
    summary(time.monotonic() - begun, again)


def test_what_does_not_finish_in_the_grace_period_is_handed_back(ledger: Ledger, start: Start, summary: Told) -> None:
    stopping = start(STOP_GRACE="1")
    job, _ = ledger.submit("sleep 3", "next")
    ledger.until(job, JobStatus.RUNNING)
    assert stopping.end(signal.SIGTERM) == 0
    start()
    seconds = ledger.settle()
    assert ledger.check() == 0, "it was not held against the job"
    summary(seconds, 1)


def test_a_worker_without_redis_waits_for_it(ledger: Ledger, start: Start, server: object, summary: Told) -> None:
    from jujang.embedded_redis import EmbeddedRedis

    assert isinstance(server, EmbeddedRedis)
    ledger.submit(*["next"] * 5)
    server.stop()
    worker = start()
    time.sleep(2)
    assert worker.process.poll() is None
    server.start()
    seconds = ledger.settle()
    summary(seconds, ledger.check())


def test_long_documents_do_not_hold_up_short_ones(ledger: Ledger, start: Start, summary: Told) -> None:
    start()
    long = ledger.submit(*["sleep 1 " + "긴 글 " * 8_000] * 4)
    ledger.until(long[0], JobStatus.RUNNING)
    short = ledger.submit(*["next"] * 5)
    for job in short:
        ledger.until(job, JobStatus.SUCCEEDED)
    assert ledger.record(long[-1]).status is JobStatus.QUEUED, "with one process"
    seconds = ledger.settle()
    summary(seconds, ledger.check())
