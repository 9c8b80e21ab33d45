"""From POST to result of a 1 KB document while nothing else is going on, against the extraction itself; and what a worker takes.

    python -m benchmarks.latency [--rounds 40] [--json]

latency   seconds from sending the POST (`Prefer: wait=30`) to having the result, less 30 ms, / the same extraction here; medians
memory    private memory of a worker's further child, in MB: when it is ready, and after as many documents of 5 KB as are told
"""

import argparse
import json
import statistics
import time

import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.documents import news
from benchmarks.service import Service, running
from benchmarks.throughput import BATCH, through_http
from workers.extraction import extract
from workers.runtime import Runtime, load

ALLOWANCE_S = 0.030
BAR = 1.5
"""Of the extraction, what a service may take besides the allowance."""
WARM = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    found = {}
    runtime = load()
    with running(4) as service:
        found["memory ready"] = further_child_mb(service)
        found |= latency(service, runtime, arguments.rounds)
        through_http([news(5_000, seed) for seed in range(2 * BATCH)], service)
        found[f"memory after {2 * BATCH}"] = further_child_mb(service)
    if arguments.json:
        print(json.dumps(found, indent=2))
        return
    table = Table("figure", "", title="Latency and memory")
    for name, value in found.items():
        table.add_row(name, f"{value:.2f}")
    Console().print(table)


def latency(service: Service, runtime: Runtime, rounds: int) -> dict[str, float]:
    """The ratio, and both times in milliseconds."""
    extraction_s, service_s = map(statistics.median, times_s(service, runtime, rounds))
    return {
        "latency": (service_s - ALLOWANCE_S) / extraction_s,
        "extraction ms": extraction_s * 1000,
        "POST to result ms": service_s * 1000,
    }


def times_s(service: Service, runtime: Runtime, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds that an extraction takes here, and from POST to result, in turn; the first warm caches."""
    bare, whole = [], []
    with httpx.Client(base_url=service.url, timeout=60) as client:
        for text in documents(rounds):
            begun = time.perf_counter()
            extracted(text, runtime)
            bare.append(time.perf_counter() - begun)
            time.sleep(0.05)
            begun = time.perf_counter()
            job = client.post("/v1/extractions", json={"text": text}, headers={"Prefer": "wait=30"}).raise_for_status().json()
            client.get(job["links"]["result"]).raise_for_status()
            whole.append(time.perf_counter() - begun)
    return bare[WARM:], whole[WARM:]


def documents(rounds: int) -> list[str]:
    """What is sent: one a round, and those that warm caches."""
    return [news(1_000, seed) for seed in range(rounds + WARM)]


def extracted(text: str, runtime: Runtime) -> str:
    """The extraction itself, to the bytes of its result."""
    return json.dumps(extract({"text": text}, runtime), ensure_ascii=False)


def further_child_mb(service: Service) -> float:
    """What a child of the lane of short documents has for itself: the median, in MB."""
    children = sorted(service.children(), key=lambda child: child.pid)
    private = [child.memory_full_info().uss for child in children[: len(children) // 2]]
    return statistics.median(private) / 1e6


if __name__ == "__main__":
    main()
