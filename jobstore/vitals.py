"""How the whole stands just now: queues, workers and Redis itself, for /metrics and `jujang status`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

import redis
from rq import Queue
from rq.job import Job
from rq.worker import Worker

from jobstore import keys
from jobstore.connection import available
from jobstore.rq_queue import queue


@dataclass(frozen=True, slots=True)
class QueueVitals:
    """A queue: how many jobs wait, for how long the first has, and how many are being worked on."""

    name: str
    length: int
    oldest_age_s: float
    running: int


@dataclass(frozen=True, slots=True)
class WorkerVitals:
    """A worker that is registered and alive. `state` is RQ's: `idle`, `busy`, `suspended`, `started`."""

    name: str
    host: str
    pid: int
    state: str
    queues: tuple[str, ...]
    born_at: datetime
    heartbeat_age_s: float
    job_id: str


@dataclass(frozen=True, slots=True)
class WebhookVitals:
    """Events that are to be told: how many, and for how long the first has been due."""

    pending: int
    overdue_s: float


@dataclass(frozen=True, slots=True)
class RedisVitals:
    """The server. `memory_max_bytes` is 0 where it has no limit; `durable` where it keeps an append-only file."""

    version: str
    role: str
    uptime_s: int
    memory_bytes: int
    memory_max_bytes: int
    replicas: int
    durable: bool


@dataclass(frozen=True, slots=True)
class Vitals:
    """Everything at one moment."""

    at: datetime
    queues: tuple[QueueVitals, ...]
    workers: tuple[WorkerVitals, ...]
    webhooks: WebhookVitals
    redis: RedisVitals


def read(connection: redis.Redis) -> Vitals:
    """The vitals as they are now. Raises `StoreUnavailable` where Redis does not answer."""
    now = datetime.now(UTC)
    with available():
        info = connection.info()
        return Vitals(
            at=now,
            queues=tuple(_queue(queue(connection, lane), now) for lane in keys.Lane),
            workers=tuple(_workers(connection, now)),
            webhooks=_webhooks(connection, now),
            redis=RedisVitals(
                version=str(info.get("valkey_version") or info.get("redis_version", "?")),
                role=str(info.get("role", "?")),
                uptime_s=int(info.get("uptime_in_seconds", 0)),
                memory_bytes=int(info.get("used_memory", 0)),
                memory_max_bytes=int(info.get("maxmemory", 0)),
                replicas=int(info.get("connected_slaves", 0)),
                durable=bool(info.get("aof_enabled", 0)),
            ),
        )


def _queue(queue: Queue, now: datetime) -> QueueVitals:
    with queue.connection.pipeline(transaction=False) as pipe:
        pipe.llen(queue.key)
        pipe.lindex(queue.key, 0)
        pipe.zcard(queue.started_job_registry.key)
        length, oldest, running = pipe.execute()
    age_s = 0.0
    if oldest:
        created = cast("bytes | None", queue.connection.hget(Job.key_for(oldest.decode()), "created_at"))
        age_s = _age_s(created, now)
    return QueueVitals(queue.name, length, age_s, running)


def _webhooks(connection: redis.Redis, now: datetime) -> WebhookVitals:
    with connection.pipeline(transaction=False) as pipe:
        pipe.zcard(keys.OUTBOX)
        pipe.zrange(keys.OUTBOX, 0, 0, withscores=True)
        pending, first = pipe.execute()
    return WebhookVitals(pending, max(now.timestamp() - first[0][1], 0.0) if first else 0.0)


def _workers(connection: redis.Redis, now: datetime) -> Iterable[WorkerVitals]:
    names = sorted(cast("set[bytes]", connection.smembers(Worker.redis_workers_keys)))
    with connection.pipeline(transaction=False) as pipe:
        for name in names:
            pipe.hgetall(name)
        found = pipe.execute() if names else []
    for name, fields in zip(names, found, strict=True):
        if fields:  # the dead stay in the set until another worker strikes them off
            yield _worker(name.decode().removeprefix(Worker.redis_worker_namespace_prefix), fields, now)


def _worker(name: str, fields: Mapping[bytes, bytes], now: datetime) -> WorkerVitals:
    def text(field: str) -> str:
        return fields.get(field.encode(), b"").decode()

    return WorkerVitals(
        name=name,
        host=text("hostname"),
        pid=int(text("pid") or 0),
        state=text("state") or "started",
        queues=tuple(text("queues").split(",")),
        born_at=_moment(text("birth")) or now,
        heartbeat_age_s=_age_s(fields.get(b"last_heartbeat"), now),
        job_id=text("current_job"),
    )


def _age_s(written: bytes | None, now: datetime) -> float:
    moment = _moment(written.decode()) if written else None
    return max((now - moment).total_seconds(), 0.0) if moment else 0.0


def _moment(written: str) -> datetime | None:
    """RQ's way to write a time in UTC."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
