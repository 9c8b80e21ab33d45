"""Batches in Redis: many documents of one request, each a job of its own, or refused with a problem that says why.

A batch is a record, whose counts the moves of its jobs keep (`transitions`), and the list of its documents in the order they came.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import takewhile
from typing import Any, cast

from jobstore import keys
from jobstore.api_keys import ANONYMOUS
from jobstore.batch_record import COUNTED, BatchDocument, BatchRecord, Refused
from jobstore.connection import available
from jobstore.idempotency import IdempotencyKey, taking
from jobstore.intake import Intake
from jobstore.record import Callback
from jobstore.store import JobStore, job_record, now
from jobstore.submission import Origin, unpack

_WINDOW = 16  # results in memory at once
_LONGEST_PAUSE_S = 0.2


class BatchStore:
    """Take in, follow, read and erase batches. Every method raises `StoreUnavailable` where Redis does not answer."""

    def __init__(self, jobs: JobStore) -> None:
        self._redis = jobs.connection
        self._jobs = jobs

    def intake(self, origin: Origin) -> Intake:
        """A batch to fill and submit."""
        return Intake(self._jobs, origin)

    def taking(self, key: IdempotencyKey | None) -> AbstractContextManager[Callable[[], None]]:
        """Hold the key while a batch is read; gives what holds it for longer. Raises `KeyInUse` where another request holds it."""
        return taking(self._redis, key)

    def fetch(self, batch_id: str, owner: str = ANONYMOUS) -> BatchRecord | None:
        """The batch's record; None where `owner` has none of this id (any more)."""
        with available():
            fields = cast("dict[bytes, bytes]", self._redis.hgetall(keys.batch(batch_id)))
        batch = _batch_record(batch_id, {k.decode(): v.decode() for k, v in fields.items()}) if fields else None
        return batch if batch and batch.owner == owner else None

    def wait(self, batch_id: str, timeout_s: float, owner: str = ANONYMOUS) -> BatchRecord | None:
        """The record of a batch of `owner` as soon as all its documents have ended, or as it is after `timeout_s`."""
        until = time.monotonic() + timeout_s
        for pause_s in _pauses():
            batch = self.fetch(batch_id, owner)
            if batch is None or batch.finished_at or time.monotonic() + pause_s >= until:
                return batch
            time.sleep(pause_s)
        raise AssertionError("pauses never end")

    def documents(self, batch: BatchRecord) -> list[BatchDocument]:
        """All its documents in the order they came."""
        with available():
            entries = cast("list[bytes]", self._redis.lrange(keys.documents(batch.id), 0, -1))
            return self._documents(0, entries)

    def ended(self, batch: BatchRecord, first: int, patient: Callable[[], bool]) -> Iterator[tuple[BatchDocument, bytes | None]]:
        """Its documents from the index `first` on in their order, each with its result as JSON, or None where it has none.

        Ends with the last, and before one that has not ended, unless that ends while `patient` holds; it is asked several times a second.
        """
        with available():
            entries = cast("list[bytes]", self._redis.lrange(keys.documents(batch.id), first, -1))
        pauses = _pauses()
        while entries:
            with available():
                ready = self._ready(first, entries[:_WINDOW])
            yield from ready
            first, entries = first + len(ready), entries[len(ready) :]
            if ready:
                pauses = _pauses()
            elif patient():
                time.sleep(next(pauses))
            else:
                return

    def erase(self, batch_id: str, owner: str = ANONYMOUS) -> bool:
        """Cancel what has not ended, erase all texts and results; False where `owner` has no such batch."""
        return self._stop(batch_id, owner, erase=True)

    def cancel(self, batch_id: str, owner: str = ANONYMOUS) -> bool:
        """Cancel what has not ended; the results there are stay. False where `owner` has no such batch."""
        return self._stop(batch_id, owner, erase=False)

    def _stop(self, batch_id: str, owner: str, *, erase: bool) -> bool:
        batch = self.fetch(batch_id, owner)
        if batch is None:
            return False
        marks: dict[Any, Any] = ({} if batch.finished_at else {"canceled_at": now().isoformat()}) | ({"erased": "1"} if erase else {})
        with available():
            if marks:
                with self._redis.pipeline() as pipe:
                    pipe.hset(keys.batch(batch_id), mapping=marks)
                    pipe.hincrby(keys.batch(batch_id), "version", 1)
                    pipe.execute()
            entries = cast("list[bytes]", self._redis.lrange(keys.documents(batch_id), 0, -1))
        self._jobs.erase_all([entry.decode() for entry in entries if not _is_refused(entry)], owner, ended_too=erase)
        return True

    def _ready(self, first: int, entries: Sequence[bytes]) -> list[tuple[BatchDocument, bytes | None]]:
        """Those of the entries that have ended, up to the first that has not."""
        documents = self._documents(first, entries[:1])  # while one waits, only that is asked for
        if documents and _has_ended(documents[0]):
            documents += self._documents(first + 1, entries[1:])
        ready = list(takewhile(_has_ended, documents))
        with self._redis.pipeline(transaction=False) as pipe:
            for document in ready:
                pipe.get(keys.result(document.job_id or ""))
            packed = pipe.execute()
        return [(document, None if each is None else unpack(each)) for document, each in zip(ready, packed, strict=True)]

    def _documents(self, first: int, entries: Sequence[bytes]) -> list[BatchDocument]:
        with self._redis.pipeline(transaction=False) as pipe:
            for entry in entries:
                if not _is_refused(entry):
                    pipe.hgetall(keys.record(entry.decode()))
            records = iter(cast("list[dict[bytes, bytes]]", pipe.execute()))
        found = []
        for index, entry in enumerate(entries, first):
            if _is_refused(entry):
                found.append(BatchDocument(index, refused=Refused(**json.loads(entry))))
            else:
                job_id, fields = entry.decode(), next(records)
                found.append(BatchDocument(index, job_id, job_record(job_id, fields) if fields else None))
        return found


def _is_refused(entry: bytes) -> bool:
    return entry.startswith(b"{")


def _has_ended(document: BatchDocument) -> bool:
    return document.job is None or document.job.status.ended


def _pauses() -> Iterator[float]:
    """Seconds between one look and the next: short at first."""
    pause_s = 0.005
    while True:
        yield pause_s
        pause_s = min(pause_s * 1.3, _LONGEST_PAUSE_S)


def _batch_record(batch_id: str, fields: dict[str, str]) -> BatchRecord:
    return BatchRecord(
        id=batch_id,
        owner=fields["owner"],
        created_at=datetime.fromisoformat(fields["created_at"]),
        expires_at=datetime.fromisoformat(fields["expires_at"]),
        finished_at=datetime.fromisoformat(fields["finished_at"]) if "finished_at" in fields else None,
        counts={name: int(fields[name]) for name in COUNTED},
        version=int(fields["version"]),
        canceled="canceled_at" in fields,
        erased="erased" in fields,
        callback=Callback.of(fields),
    )
