"""What Prometheus reads: requests of the web processes of this machine, and what Redis knows of the whole service.

Requests are counted in files that the web processes share (`PROMETHEUS_MULTIPROC_DIR`, set by gunicorn's settings); jobs are
counted in Redis where they end, so every web process of every machine serves the same figures of them.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.metadata import version

import prometheus_client as prometheus
from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, multiprocess
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from jobstore import counters
from jobstore.connection import StoreUnavailable
from jobstore.store import JobStore
from jobstore.vitals import Vitals

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
NO_ROUTE = "-"
"""The route of requests that fit none: a path that a client made up must not become a label."""

REQUESTS = prometheus.Counter("jujang_http_requests", "HTTP requests answered.", ("method", "route", "status"))
REQUEST_DURATION = prometheus.Histogram(
    "jujang_http_request_duration_seconds",
    "From a request's head to its answer; held tells apart those that waited for a job (Prefer: wait).",
    ("method", "route", "held"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)


def register(app: Flask) -> None:
    """Count every request of `app`."""

    @app.before_request
    def begin() -> None:
        g.measured_from = time.perf_counter()

    @app.after_request
    def count(response: Response) -> Response:
        rule = request.url_rule
        method, route = (request.method, route_of(rule.rule)) if rule else ("-", NO_ROUTE)
        REQUESTS.labels(method, route, str(response.status_code)).inc()
        if (began := g.get("measured_from")) is not None:
            held = "yes" if "Preference-Applied" in response.headers else "no"
            REQUEST_DURATION.labels(method, route, held).observe(time.perf_counter() - began)
        return response


def route_of(rule: str) -> str:
    """The path as OpenAPI writes it: `/v1/extractions/{extraction_id}`."""
    return "/".join(f"{{{part[1:-1].rpartition(':')[2]}}}" if part.startswith("<") else part for part in rule.split("/"))


def exposition(store: JobStore) -> bytes:
    """All metrics in Prometheus' text format. Where Redis does not answer, `jujang_redis_up` is 0 and those it knows are left out."""
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for instrument in (REQUESTS, REQUEST_DURATION):
            registry.register(instrument)
    registry.register(_OfRedis(store))
    return prometheus.generate_latest(registry)


class _OfRedis(Collector):
    """The figures that Redis knows."""

    def __init__(self, store: JobStore) -> None:
        self._store = store

    def collect(self) -> Iterator[Metric]:
        yield _gauge("jujang_build_info", "The version that answers.", {(version("jujang"),): 1}, "version")
        try:
            seen, fields = self._store.vitals(), self._store.counted()
        except StoreUnavailable:
            yield _gauge("jujang_redis_up", "Whether Redis answers.", {(): 0})
            return
        yield _gauge("jujang_redis_up", "Whether Redis answers.", {(): 1})
        yield from _present(seen)
        yield from _past(fields)


def _present(seen: Vitals) -> Iterator[Metric]:
    queues, redis = seen.queues, seen.redis
    yield _gauge("jujang_queue_length", "Jobs that wait, by queue.", {(each.name,): each.length for each in queues}, "queue")
    ages: dict[tuple[str, ...], float] = {(each.name,): each.oldest_age_s for each in queues}
    yield _gauge("jujang_queue_oldest_age_seconds", "For how long the first job of the queue has waited.", ages, "queue")
    yield _gauge("jujang_jobs_running", "Jobs that are worked on, by queue.", {(each.name,): each.running for each in queues}, "queue")
    states: Counter[tuple[str, ...]] = Counter((queue, worker.state) for worker in seen.workers for queue in worker.queues)
    states.update({(each.name, state): 0 for each in queues for state in ("busy", "idle")})
    yield _gauge("jujang_workers", "Processes that take jobs, by queue and state.", states, "queue", "state")
    yield _gauge("jujang_webhooks_pending", "Events that are to be told to a callback URL.", {(): seen.webhooks.pending})
    overdue: dict[tuple[str, ...], float] = {(): seen.webhooks.overdue_s}
    yield _gauge("jujang_webhooks_overdue_seconds", "For how long the first event has been due to be told.", overdue)
    yield _gauge("jujang_redis_memory_used_bytes", "Memory that Redis uses.", {(): redis.memory_bytes})
    yield _gauge("jujang_redis_memory_max_bytes", "Memory that Redis may use; 0 where it has no limit.", {(): redis.memory_max_bytes})
    yield _gauge("jujang_redis_replicas", "Replicas that follow the Redis in use.", {(): redis.replicas})


def _past(fields: Mapping[str, float]) -> Iterator[Metric]:
    for counter in counters.COUNTERS:
        counted = CounterMetricFamily(counter.name, counter.help, labels=counter.labels)
        for labels, value in {**dict.fromkeys(counter.from_start, 0.0), **dict(counters.counts(counter, fields))}.items():
            counted.add_metric(labels, value)
        yield counted
    for histogram in counters.HISTOGRAMS:
        observed = HistogramMetricFamily(histogram.name, histogram.help, labels=histogram.labels)
        for labels, seen in counters.observations(histogram, fields):
            observed.add_metric(labels, seen.buckets, seen.sum_s)
        yield observed


def _gauge(name: str, help_text: str, values: Mapping[tuple[str, ...], float], *labels: str) -> Metric:
    gauge = GaugeMetricFamily(name, help_text, labels=labels)
    for of, value in values.items():
        gauge.add_metric(of, value)
    return gauge
