"""The whole service under load and random faults for a long time: nothing lost, memory flat, Redis back to its start.

    SOAK_DOCUMENTS=20000 SOAK_MINUTES=30 SOAK_CALM_MINUTES=12 python -m benchmarks.soak

`jujang up` with two processes; documents of 0.3 to 5 KB, now and then of 100 KB, in batches of 20 at an even pace, sent again with the same
key where the service is away; every FAULT_EVERY_S seconds a fault, but for the calm minutes at the end. Exit code 1 where a document is
lost or answered twice. Memory is private memory in the calm, when the same processes live on, by quarters (medians, but for the first
WARM_UP_S of a process); of the worker's parent all that is resident, as what it shared becomes its own when a child lets go of it.
"""

import contextlib
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar, cast

import httpx
import psutil
import redis

from benchmarks.documents import news
from benchmarks.service import free_port
from jobstore import counters, keys

DOCUMENTS = int(os.environ.get("SOAK_DOCUMENTS", "20000"))
MINUTES = float(os.environ.get("SOAK_MINUTES", "30"))
CALM_MINUTES = float(os.environ.get("SOAK_CALM_MINUTES", "12"))
BATCH = 20
READERS = 4
RESULT_TTL_S = 60
FAULT_EVERY_S = 20.0
SAMPLE_EVERY_S = 5.0
WARM_UP_S = 60.0
PATIENCE_S = 300.0
PARENT = "worker's parent"


T = TypeVar("T")


@dataclass
class Soak:
    """What is known while it runs."""

    url: str
    supervisor: psutil.Process
    redis_url: str
    random: random.Random
    over: threading.Event = field(default_factory=threading.Event)
    accepted: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    memory_mb: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    begun: float = field(default_factory=time.monotonic)

    @property
    def calm(self) -> bool:
        """Whether the time of the faults is over."""
        return time.monotonic() - self.begun > (MINUTES - CALM_MINUTES) * 60

    def processes(self) -> dict[str, list[psutil.Process]]:
        """The living by their part."""
        parts: dict[str, list[psutil.Process]] = defaultdict(list)
        for process in self.supervisor.children():
            with contextlib.suppress(psutil.Error):
                command = process.cmdline()
                if "worker" in command:
                    parts[PARENT].append(process)
                    children = sorted(process.children(), key=lambda child: child.pid)
                    parts["child, short"] += children[: len(children) // 2]
                    parts["child, long"] += children[len(children) // 2 :]
                elif "gunicorn" in command:
                    parts["API"] += process.children()
                elif "-server" in process.name():
                    parts["Redis"].append(process)
        return parts

    def redis(self) -> redis.Redis:
        """The embedded server, on its socket."""
        return redis.Redis.from_url(self.redis_url, socket_timeout=5)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="jujang-soak-") as folder, running(Path(folder)) as soak:
        memory = soak.redis().info("memory")["used_memory"]
        begun = time.monotonic()
        threads = [threading.Thread(target=work, args=(soak,)) for work in (sample, disturb)]
        readers = [threading.Thread(target=send_and_read, args=(soak, part)) for part in range(READERS)]
        for thread in (*threads, *readers):
            thread.start()
        for thread in readers:
            thread.join()
        minutes = (time.monotonic() - begun) / 60
        soak.over.set()
        for thread in threads:
            thread.join()
        time.sleep(2 * RESULT_TTL_S + 15)  # the records outlive the results by as long again
        connection = soak.redis()
        left = sorted(cast("list[bytes]", list(connection.scan_iter("*", count=1000))))
        after = connection.info("memory")["used_memory"]
        print(f"{soak.accepted} documents in {minutes:.1f} min; ends: {dict(soak.ends)}; faults: {dict(soak.faults)}")
        print(f"recoveries: {recoveries(connection)}")
        print(f"Redis: {memory / 1e6:.2f} MB before, {after / 1e6:.2f} MB after all expired; keys left: {len(left)} {left[:8]}")
        for part, quarters in flatness(soak):
            told = ", ".join(f"{median:.1f}" for median in quarters)
            print(f"{part}: {told} MB ({quarters[-1] / quarters[0] - 1:+.1%})")
        lost = soak.accepted - sum(soak.ends.values())
        print(f"lost: {lost}")
        return int(lost != 0 or soak.accepted < DOCUMENTS or set(soak.ends) != {"succeeded"})


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Soak]:
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    environ |= {"PORT": str(port), "DATA_DIR": str(folder / "data"), "RESULT_TTL": str(RESULT_TTL_S), "RATE_LIMIT": "off"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "jujang", "up", "--workers", "2"], env=environ, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        until = time.monotonic() + 120
        while True:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{url}/readyz").is_success:
                    break
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((folder / "log").read_text("utf-8"))
            time.sleep(0.2)
        supervisor = psutil.Process(process.pid)
        (worker,) = [child for child in supervisor.children() if "worker" in child.cmdline()]
        yield Soak(url, supervisor, worker.environ()["REDIS_URL"], random.Random(1))  # noqa: S311 - the same faults each time
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def send_and_read(soak: Soak, part: int) -> None:
    """Batches at an even pace, one after another: post, read every result, count the ends."""
    batches = DOCUMENTS // BATCH // READERS
    pace_s = MINUTES * 60 / batches
    begun = time.monotonic()
    for number in range(batches):
        time.sleep(max(begun + number * pace_s - time.monotonic(), 0))
        texts = [document(part * 10**6 + number * BATCH + i) for i in range(BATCH)]
        links = post(soak, texts, f"{part}-{number}")
        soak.accepted += len(texts)
        soak.ends.update(read(soak, links, len(texts)))


def document(seed: int) -> str:
    chance = random.Random(seed)  # noqa: S311
    return news(100_000 if chance.random() < 0.002 else chance.randint(300, 5_000), seed)


def post(soak: Soak, texts: list[str], key: str) -> dict[str, str]:
    lines = "".join(json.dumps({"text": text, "document": {"id": str(i)}}, ensure_ascii=False) + "\n" for i, text in enumerate(texts))
    headers = {"Content-Type": "application/x-ndjson", "Idempotency-Key": key}

    def once(client: httpx.Client) -> dict[str, str] | None:
        answer = client.post("/v1/batches", content=lines.encode(), headers=headers)
        if answer.status_code in (409, 429, 503):
            return None
        links: dict[str, str] = answer.raise_for_status().json()["links"]
        return links

    return patiently(soak, once)


def read(soak: Soak, links: dict[str, str], count: int) -> Counter[str]:
    """How the documents ended, each seen once."""
    ends: dict[str, str] = {}

    def rest(client: httpx.Client) -> bool | None:
        with client.stream("GET", f"{links['results']}?from={len(ends)}", headers={"Prefer": "wait=30"}) as stream:
            if stream.status_code == 503:
                return None
            stream.raise_for_status()
            for line in stream.iter_lines():
                if line:
                    told = json.loads(line)
                    number = str(told["document"]["id"])
                    if number in ends:
                        raise RuntimeError(f"{number} came twice")
                    ends[number] = told["status"]
        return len(ends) == count or None

    patiently(soak, rest)
    return Counter(ends.values())


def patiently(soak: Soak, ask: Callable[[httpx.Client], T | None]) -> T:
    """Ask until there is an answer: processes are being killed."""
    until = time.monotonic() + PATIENCE_S
    with httpx.Client(base_url=soak.url, timeout=60, trust_env=False) as client:
        while time.monotonic() < until:
            with contextlib.suppress(httpx.TransportError, json.JSONDecodeError):
                if (answer := ask(client)) is not None:
                    return answer
            time.sleep(0.5)
    raise RuntimeError("no answer for minutes")


def disturb(soak: Soak) -> None:
    """A fault now and then, until the calm."""
    while not soak.over.wait(FAULT_EVERY_S) and not soak.calm:
        fault = soak.random.choice((kill_child, kill_child, freeze_child, kill_parent, kill_api, kill_redis, freeze_redis, cut_connections))
        with contextlib.suppress(psutil.Error, redis.RedisError, IndexError, ValueError):
            fault(soak)
            soak.faults[fault.__name__] += 1


def kill_child(soak: Soak) -> None:
    soak.random.choice(soak.processes()["child, short"]).kill()


def kill_parent(soak: Soak) -> None:
    soak.processes()[PARENT][0].kill()


def kill_api(soak: Soak) -> None:
    soak.random.choice(soak.processes()["API"]).kill()


def kill_redis(soak: Soak) -> None:
    soak.processes()["Redis"][0].kill()


def freeze_child(soak: Soak) -> None:
    _freeze(soak.random.choice(soak.processes()["child, short"]), 5)


def freeze_redis(soak: Soak) -> None:
    _freeze(soak.processes()["Redis"][0], 4)


def cut_connections(soak: Soak) -> None:
    soak.redis().client_kill_filter(_type="normal", skipme=True)


def _freeze(process: psutil.Process, seconds: float) -> None:
    process.suspend()
    try:
        time.sleep(seconds)
    finally:
        process.resume()


def sample(soak: Soak) -> None:
    """Private memory in the calm of what has lived for a while, by part."""
    while not soak.over.wait(SAMPLE_EVERY_S):
        if not soak.calm:
            continue
        for part, processes in soak.processes().items():
            for process in processes:
                with contextlib.suppress(psutil.Error):
                    if time.time() - process.create_time() > WARM_UP_S:
                        memory = process.memory_full_info()
                        soak.memory_mb[part].append((memory.rss if part == PARENT else memory.uss) / 1e6)


def flatness(soak: Soak) -> Iterator[tuple[str, list[float]]]:
    """By part, the medians of the quarters of its samples."""
    for part, samples in sorted(soak.memory_mb.items()):
        if quarter := len(samples) // 4:
            yield part, [statistics.median(samples[i * quarter : (i + 1) * quarter]) for i in range(4)]


def recoveries(connection: redis.Redis) -> dict[str, int]:
    counted = cast("dict[bytes, bytes]", connection.hgetall(keys.COUNTERS))
    fields = {name.decode(): float(value) for name, value in counted.items()}
    return {kind: int(count) for (kind,), count in counters.counts(counters.RECOVERIES, fields)}


if __name__ == "__main__":
    sys.exit(main())
