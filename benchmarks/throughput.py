"""Documents a second through the service against the same documents extracted by as many bare processes.

    python -m benchmarks.throughput [--processes 2] [--rounds 3] [--fork]

"HTTP" counts from the first byte of the first POST (batches of NDJSON) to the last result, with client, API, Redis and worker on the same
cores; "queue" from the start of the first job to the end of the last, by the jobs' own times. Both are bare time / service time by the
clock. "processor" is the bare processes' processor time / that of worker and Redis: what else the machine does is not counted. With --fork
RQ's own worker, which forks for each job, does the same documents from its own queue: by the clock, and by processor.
Everything alternates in each round; medians.
"""

import argparse
import gc
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import psutil
import redis
from rich.console import Console
from rich.table import Table
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from benchmarks.documents import news
from benchmarks.service import Service, running
from jujang.embedded_redis import EmbeddedRedis
from workers.extraction import extract
from workers.runtime import Runtime, load

SIZES = {"1 KB": (1_000, 200), "5 KB": (5_000, 60), "1 MB": (1_000_000, 1)}
"""Bytes of a document, and how many for each process."""

BATCH = 200
_runtime: Runtime | None = None


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds by the clock, and of processor time."""

    wall_s: float
    cpu_s: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", nargs="*", choices=SIZES, default=list(SIZES))
    parser.add_argument("--fork", action="store_true", help="RQ's own worker too")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    prepare(load())
    found = {}
    with running(arguments.processes) as service:
        for name in arguments.sizes:
            size, count = SIZES[name]
            texts = [news(size, seed) for seed in range(count * arguments.processes)]
            through_http(texts[:BATCH], service)  # warm
            rounds = []
            for _ in range(arguments.rounds):
                rounds.append(_round(texts, service, arguments.processes, fork=arguments.fork))
                print(name, {what: round(value, 2) for what, value in rounds[-1].items()}, file=sys.stderr)
            found[name] = {what: statistics.median(each[what] for each in rounds) for what in rounds[0]}
    if arguments.json:
        print(json.dumps(found, indent=2))
    else:
        _print(found, arguments.processes)


def prepare(runtime: Runtime) -> None:
    """Have bare processes, and what RQ runs, extract with this; before they are forked."""
    global _runtime  # RQ calls by name
    _runtime = runtime
    gc.collect()
    gc.freeze()


def _round(texts: list[str], service: Service, processes: int, *, fork: bool) -> dict[str, float]:
    bare = bare_processes(texts, processes)
    http = through_http(texts, service)
    queue = through_queue(texts, service)
    characters = sum(len(text) for text in texts)
    took = {
        "documents_per_s": len(texts) / queue.wall_s,
        "microseconds_per_character": bare.cpu_s / characters * 1e6,
        "http": bare.wall_s / http.wall_s,
        "queue": bare.wall_s / queue.wall_s,
        "processor": bare.cpu_s / queue.cpu_s,
    }
    if fork:
        forking = rq_forking(texts, processes)
        took |= {"fork": bare.wall_s / forking.wall_s, "fork_processor": bare.cpu_s / forking.cpu_s}
    return took


def bare_processes(texts: list[str], processes: int) -> Took:
    """The extraction alone, in as many processes that share what was loaded."""

    def work(mine: int) -> None:
        for text in texts[mine::processes]:
            json.dumps(extract({"text": text}, _loaded()), ensure_ascii=False)

    return _in_processes(work, processes)


def through_http(texts: list[str], service: Service) -> Took:
    """Posted in batches and read back."""
    before, begun = service.cpu_s(), time.perf_counter()
    with httpx.Client(base_url=service.url, timeout=600) as client:
        batches = [_post(client, some) for some in _some(texts)]
        for batch in batches:
            read = 0
            while read < batch["counts"]["documents"]:
                path = f"{batch['links']['results']}?from={read}"
                with client.stream("GET", path, headers={"Prefer": "wait=30"}) as stream:
                    read += sum(1 for line in stream.iter_lines() if line)
        wall_s = time.perf_counter() - begun
        after = service.cpu_s()
        for batch in batches:
            client.delete(batch["links"]["self"])
    return Took(wall_s, sum(after.values()) - sum(before.values()))


def through_queue(texts: list[str], service: Service) -> Took:
    """From the start of the first job to the end of the last, as the jobs themselves say; nothing is read back meanwhile."""
    before = service.cpu_s()
    with httpx.Client(base_url=service.url, timeout=600) as client:
        batches = [_post(client, some) for some in _some(texts)]
        for batch in batches:
            while client.get(batch["links"]["self"], headers={"Prefer": "wait=30"}).json()["finished_at"] is None:
                pass
        after = service.cpu_s()
        jobs = [job for batch in batches for job in _jobs(client, batch)]
        for batch in batches:
            client.delete(batch["links"]["self"])
    wall_s = _instant_s(max(job["finished_at"] for job in jobs)) - _instant_s(min(job["started_at"] for job in jobs))
    return Took(wall_s, sum(after[part] - before[part] for part in ("worker", "redis")))


def rq_forking(texts: list[str], processes: int) -> Took:
    """RQ's own worker: the text in the job, a fork for each, the result with RQ; Kiwi is warm before the fork."""
    with EmbeddedRedis() as server:
        queue = Queue("bare", connection=redis.Redis.from_url(server.url), serializer=JSONSerializer)
        for text in texts:
            queue.enqueue(f"{__name__}.rq_extract", text, description="a document")  # where it was loaded, `__main__` maybe

        def work(_mine: int) -> None:
            connection = redis.Redis.from_url(server.url)
            Worker(
                [Queue("bare", connection=connection, serializer=JSONSerializer)], connection=connection, serializer=JSONSerializer
            ).work(burst=True, logging_level="ERROR")

        store = psutil.Process(server.pid)
        before = sum(store.cpu_times()[:2])
        workers = _in_processes(work, processes)
        if queue.failed_job_registry.count:
            raise RuntimeError(f"{queue.failed_job_registry.count} of RQ's jobs failed")
        return Took(workers.wall_s, workers.cpu_s + sum(store.cpu_times()[:2]) - before)


def rq_extract(text: str) -> dict[str, Any]:
    """What RQ's own worker runs."""
    return extract({"text": text}, _loaded())


def _loaded() -> Runtime:
    if _runtime is None:
        raise RuntimeError("nothing is loaded")
    return _runtime


def _in_processes(work: Callable[[int], None], processes: int) -> Took:
    begun, before = time.perf_counter(), os.times()
    children = []
    for mine in range(processes):
        if not (pid := os.fork()):
            try:
                work(mine)
            finally:
                os._exit(0)
        children.append(pid)
    for pid in children:
        os.waitpid(pid, 0)
    after = os.times()
    cpu_s = after.children_user + after.children_system - before.children_user - before.children_system
    return Took(time.perf_counter() - begun, cpu_s)


def _some(texts: list[str]) -> Iterator[list[str]]:
    for begin in range(0, len(texts), BATCH):
        yield texts[begin : begin + BATCH]


def _post(client: httpx.Client, texts: list[str]) -> dict[str, Any]:
    lines = "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts)
    answer = client.post("/v1/batches", content=lines.encode(), headers={"Content-Type": "application/x-ndjson"})
    answer.raise_for_status()
    batch: dict[str, Any] = answer.json()
    return batch


def _jobs(client: httpx.Client, batch: dict[str, Any]) -> list[dict[str, Any]]:
    documents = client.get(batch["links"]["self"]).json()["documents"]
    return [client.get(document["links"]["self"]).json() for document in documents]


def _instant_s(written: str) -> float:
    return datetime.fromisoformat(written).timestamp()


def _print(found: dict[str, dict[str, float]], processes: int) -> None:
    columns = (
        "documents a second",
        "µs a character",
        "HTTP",
        "queue",
        "processor",
        *(["RQ, forking", "its processor"] if "fork" in next(iter(found.values())) else []),
    )
    table = Table("documents", *columns, title=f"Against {processes} bare processes (1.00)")
    for name, row in found.items():
        table.add_row(name, *(f"{value:.2f}" if value < 100 else f"{value:.0f}" for value in row.values()))
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
