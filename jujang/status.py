"""`jujang status`: how the service does, read from its Redis."""

import json
import os
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jujang.kept_store import DATA, holds_store, no_store, redis_is_named, told

if TYPE_CHECKING:
    from jobstore.record import Recovery
    from jobstore.store import JobStore
    from jobstore.vitals import Vitals

RECENT = 10
HEARD_S = 30.0
"""A worker that has been silent for longer does not count for --probe."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What Redis knows at one moment: how things stand, and what happened since the counters began."""

    place: str
    vitals: "Vitals"
    counted: Mapping[str, float]
    recoveries: tuple["Recovery", ...]


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables (with --watch, one a line).")
@click.option("--watch", is_flag=True, help="Go on until Ctrl-C, anew each --interval.")
@click.option(
    "--interval",
    type=click.FloatRange(0.1, 3600),
    default=1.0,
    show_default=True,
    metavar="SECONDS",
    help="Between two readings; rates are counted from one to the next.",
)
@click.option("--probe", is_flag=True, help="Only say whether a worker of this host is registered and heard of: exit code 0, else 1.")
@DATA
def status(as_json: bool, watch: bool, interval: float, probe: bool, data: Path) -> None:
    """Show how the service does: Redis, queues, workers, jobs by end, rates, stages, recent recoveries.

    Reads the Redis of REDIS_URL, or the embedded one of a running `jujang up`. Ends with 1 where it does not answer.
    """
    from jujang.status_view import Screen

    with told(), _running(data) as (place, store):
        if probe:
            host = socket.gethostname()
            if not any(worker.host == host and worker.heartbeat_age_s < HEARD_S for worker in store.vitals().workers):
                raise click.ClickException(f"No worker of {host} is registered at {place}.")
            return
        before = read(place, store)
        with Screen(live=watch and not as_json) as screen:
            while True:
                time.sleep(interval)
                after = read(place, store)
                summary = summarize(before, after)
                if as_json:
                    click.echo(json.dumps(summary, ensure_ascii=False, indent=None if watch else 2))
                else:
                    screen.show(summary)
                if not watch:
                    return
                before = after


def read(place: str, store: "JobStore") -> Reading:
    """A reading of the service whose Redis is at `place`. Raises `StoreUnavailable`."""
    return Reading(place, store.vitals(), store.counted(), tuple(store.recoveries()))


def summarize(before: Reading, after: Reading) -> dict[str, Any]:
    """The later reading as JSON, rates being counted between the two. Ages and durations are in seconds, memory in bytes."""
    from jobstore import counters

    seconds = max((after.vitals.at - before.vitals.at).total_seconds(), 1e-9)
    was, now = before.counted, after.counted
    ended = dict(counters.counts(counters.ENDED, now))
    ended_before = sum(dict(counters.counts(counters.ENDED, was)).values())
    failed = {reason: int(count) for (end, reason), count in sorted(ended.items()) if end == "failed" and count}
    return {
        "at": _moment(after.vitals.at),
        "redis": {"place": after.place, **asdict(after.vitals.redis)},
        "queues": [asdict(queue) for queue in after.vitals.queues],
        "workers": [{**asdict(worker), "born_at": _moment(worker.born_at)} for worker in after.vitals.workers],
        "webhooks": asdict(after.vitals.webhooks),
        "jobs": {
            "accepted": int(_total(now, counters.ACCEPTED)),
            "succeeded": int(ended.get(("succeeded", ""), 0)),
            "failed": sum(failed.values()),
            "failed_by_reason": failed,
            "canceled": int(ended.get(("canceled", ""), 0)),
        },
        "rates": {
            "accepted_per_s": _rate(_total(now, counters.ACCEPTED) - _total(was, counters.ACCEPTED), seconds),
            "ended_per_s": _rate(sum(ended.values()) - ended_before, seconds),
            "characters_per_s": _rate(_total(now, counters.CHARACTERS) - _total(was, counters.CHARACTERS), seconds),
        },
        "means": {
            "queue_wait_s": _mean(now, counters.QUEUE_WAIT),
            "job_s": _mean(now, counters.JOB_DURATION),
            "stages_s": dict(sorted(_stages(now), key=lambda stage: -stage[1])),
        },
        "recoveries": {
            "by_kind": {kind: int(count) for (kind,), count in sorted(counters.counts(counters.RECOVERIES, now))},
            "recent": [{"at": _moment(each.at), "kind": each.kind, "job_id": each.job_id} for each in after.recoveries[:RECENT]],
        },
    }


@contextmanager
def _running(data: Path) -> Iterator[tuple[str, "JobStore"]]:
    """The store of the service that runs, and where its Redis is."""
    from jobstore.connection import StoreUnavailable, place_of
    from jobstore.settings import StoreSettings
    from jobstore.store import JobStore
    from jujang.embedded_redis import url_file

    environ = dict(os.environ)
    embedded = not redis_is_named()
    if embedded:
        if not holds_store(data):
            raise click.ClickException(no_store(data))
        environ["REDIS_URL"] = url_file(data / "redis").read_text("utf-8").strip()
    settings = StoreSettings.from_environment(environ)
    place = place_of(settings.redis_url)
    try:
        yield place, JobStore.connect(settings.redis_url, socket_timeout_s=5)
    except StoreUnavailable as error:
        why = type(error.__cause__).__name__
        if embedded:
            raise click.ClickException(
                f"No service runs on {data.resolve()} now: its Redis does not answer ({why}). Start it (jujang up), or name the Redis of "
                "the one that runs (REDIS_URL), or its folder (--data, DATA_DIR)."
            ) from error
        raise click.ClickException(f"Redis at {place} does not answer ({why}). Does the service run?") from error
    except KeyboardInterrupt:
        sys.exit(0)


def _total(fields: Mapping[str, float], counter: Any) -> float:
    from jobstore import counters

    return sum(value for _, value in counters.counts(counter, fields))


def _mean(fields: Mapping[str, float], histogram: Any) -> float | None:
    from jobstore import counters

    seen = [each for _, each in counters.observations(histogram, fields)]
    count = sum(each.buckets[-1][1] for each in seen)
    return _seconds(sum(each.sum_s for each in seen) / count) if count else None


def _stages(fields: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    from jobstore import counters

    for (stage,), seen in counters.observations(counters.STAGE_DURATION, fields):
        yield stage, _seconds(seen.sum_s / seen.buckets[-1][1])


def _rate(more: float, seconds: float) -> float:
    return round(max(more, 0.0) / seconds, 2)


def _seconds(value: float) -> float:
    return round(value, 6)


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
