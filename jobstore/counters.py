"""What happened, counted in Redis where it happens: once, whichever machine did it, and kept through restarts.

One hash holds all of it, a field a sample: `name|label value|…`, histograms with `le=BOUND` (not cumulated) or `sum` at the end.
The names are Prometheus' own; the service serves them at /metrics.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from typing import NamedTuple

Increments = dict[str, float]
"""By how much each field of the hash grows."""


class Counter(NamedTuple):
    """Something that is counted; its name is without `_total`. The label values of `from_start` are served before the first of them."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    from_start: tuple[tuple[str, ...], ...] = ()

    def by(self, amount: float = 1, **labels: str) -> Increments:
        """One increment; `labels` are those of the counter, in any order."""
        return {_field(self, labels): amount}


class Histogram(NamedTuple):
    """Durations in seconds, by upper bounds."""

    name: str
    help: str
    bounds: tuple[float, ...]
    labels: tuple[str, ...] = ()

    def of(self, seconds: float, **labels: str) -> Increments:
        """One observation."""
        at = bisect_left(self.bounds, seconds)
        bound = f"{self.bounds[at]:g}" if at < len(self.bounds) else "+Inf"
        field = _field(self, labels)
        return {f"{field}|le={bound}": 1, f"{field}|sum": seconds}


_WAITS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 43_200)
_WORK_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)
_STAGES_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

ACCEPTED = Counter("jujang_jobs_accepted", "Documents that were accepted and queued.", from_start=((),))
ENDED = Counter(
    "jujang_jobs_ended",
    "Jobs by how they ended; reason is the problem's name where they failed.",
    ("status", "reason"),
    (("succeeded", ""), ("failed", "extraction-failed"), ("failed", "deadline-exceeded"), ("failed", "worker-lost"), ("canceled", "")),
)
CHARACTERS = Counter("jujang_characters_extracted", "Characters of the documents whose extraction succeeded.", from_start=((),))
RECOVERIES = Counter(
    "jujang_recoveries",
    "Faults that were made good, by kind.",
    ("kind",),
    (("worker_died",), ("lease_expired",), ("job_handed_back",), ("late_result_refused",)),
)
WEBHOOK_ATTEMPTS = Counter(
    "jujang_webhook_attempts", "Attempts to tell an event to its callback URL, by outcome.", ("outcome",), (("delivered",), ("failed",))
)
WEBHOOKS_GIVEN_UP = Counter("jujang_webhooks_given_up", "Events that no attempt will be made for any more.", from_start=((),))
QUEUE_WAIT = Histogram("jujang_queue_wait_seconds", "From a document's acceptance to the start of the attempt that succeeded.", _WAITS_S)
JOB_DURATION = Histogram("jujang_job_duration_seconds", "From the start of the attempt that succeeded to its result.", _WORK_S)
STAGE_DURATION = Histogram("jujang_stage_duration_seconds", "Duration of a stage of the extraction.", _STAGES_S, ("stage",))

COUNTERS: tuple[Counter, ...] = (ACCEPTED, ENDED, CHARACTERS, RECOVERIES, WEBHOOK_ATTEMPTS, WEBHOOKS_GIVEN_UP)
HISTOGRAMS: tuple[Histogram, ...] = (QUEUE_WAIT, JOB_DURATION, STAGE_DURATION)


class Observed(NamedTuple):
    """What a histogram counted for one set of labels: observations by bound, cumulated, the last for all; and their sum in seconds."""

    buckets: tuple[tuple[str, float], ...]
    sum_s: float


def counts(counter: Counter, fields: Mapping[str, float]) -> Iterator[tuple[tuple[str, ...], float]]:
    """Each set of label values that was counted, with its count."""
    for name, value in fields.items():
        key, *labels = name.split("|")
        if key == counter.name:
            yield tuple(labels), value


def observations(histogram: Histogram, fields: Mapping[str, float]) -> Iterator[tuple[tuple[str, ...], Observed]]:
    """Each set of label values that was observed, with its buckets."""
    by_labels: dict[tuple[str, ...], dict[str, float]] = {}
    for name, value in fields.items():
        key, *rest = name.split("|")
        if key == histogram.name:
            by_labels.setdefault(tuple(rest[:-1]), {})[rest[-1].removeprefix("le=")] = value
    for labels_seen, parts in by_labels.items():
        total, buckets = 0.0, []
        for bound in (*(f"{each:g}" for each in histogram.bounds), "+Inf"):
            total += parts.get(bound, 0)
            buckets.append((bound, total))
        yield labels_seen, Observed(tuple(buckets), parts.get("sum", 0.0))


def _field(measure: Counter | Histogram, labels: Mapping[str, str]) -> str:
    return "|".join((measure.name, *(labels[name] for name in measure.labels)))
