"""A batch on its way in: kept as it comes, queued as a whole."""

import contextlib
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import timedelta
from itertools import chain
from typing import Any

from jobstore import counters, keys
from jobstore.batch_record import COUNTED, Refused
from jobstore.connection import StoreUnavailable, available
from jobstore.idempotency import Command, IdempotencyKey, KeyReused
from jobstore.outbox import announcing
from jobstore.store import JobStore, counting, now
from jobstore.submission import Origin, Submission

STAGED_S = 3600
"""So long the requests of a batch are kept that is not submitted: its sender broke off, or its web process died."""

_SENT_BYTES = 1_000_000  # to Redis at once


class Intake:
    """A context that takes documents one by one, then queues all of them by one script. No document is worked on before.

    Its methods raise `StoreUnavailable` where Redis does not answer.
    """

    def __init__(self, jobs: JobStore, origin: Origin) -> None:
        self._redis = jobs.connection
        self._jobs = jobs
        self._origin = origin
        self._id = str(uuid.uuid4())
        self._created_at = now()
        self._documents: list[Submission | Refused] = []
        self._unsent: list[Submission] = []
        self._unsent_bytes = 0
        self.kept_bytes = 0
        """What the requests take so far, as they are kept."""
        self.callback_url: str | None = None
        """To be told once every document has ended."""
        self._leave = False

    def __enter__(self) -> "Intake":
        return self

    def __exit__(self, *_: object) -> None:
        """Forget what is kept of a batch that was not submitted. Where Redis fell silent it may have been, and what is not expires."""
        staged = [] if self._leave else [keys.request(each.record.id) for each in self._documents if isinstance(each, Submission)]
        if staged:
            with contextlib.suppress(StoreUnavailable), available():
                self._redis.unlink(*staged)

    def __len__(self) -> int:
        return len(self._documents)

    def add(self, request: Mapping[str, Any]) -> None:
        """The next document: a validated request."""
        submission = self._jobs.prepare(request, self._origin)
        self._documents.append(replace(submission, packed=b""))
        self._unsent.append(submission)
        self._unsent_bytes += len(submission.packed)
        self.kept_bytes += len(submission.packed)
        if self._unsent_bytes > _SENT_BYTES:
            self._send()

    def refuse(self, refused: Refused) -> None:
        """The next document, which no job is made of."""
        self._documents.append(refused)

    def submit(self, key: IdempotencyKey | None = None) -> str:
        """Queue all of it; the batch's id. When this returns every document is queued or refused.

        Where the key has made a batch before, the id is that one's, and this one is forgotten. Raises `KeyReused`.
        """
        self._send()
        record = keys.batch(self._id)
        self._leave = True
        try:
            with available():
                made = self._jobs.run_once(key, record, self._jobs.kept_s, self._commands(key))
        except KeyReused:
            self._leave = False
            raise
        self._leave = made == record
        return made.removeprefix(keys.batch(""))

    def _send(self) -> None:
        with available(), self._redis.pipeline(transaction=False) as pipe:
            for submission in self._unsent:
                pipe.set(keys.request(submission.record.id), submission.packed, ex=STAGED_S)
            pipe.execute()
        self._unsent, self._unsent_bytes = [], 0

    def _commands(self, key: IdempotencyKey | None) -> Iterator[Command]:
        batch, documents, kept_s = keys.batch(self._id), keys.documents(self._id), self._jobs.kept_s
        jobs = [each for each in self._documents if isinstance(each, Submission)]
        for submission in jobs:
            yield ("EXPIRE", keys.request(submission.record.id), self._jobs.pending_s)
            yield from self._jobs.enqueuing(submission, {"batch": batch})
        yield ("RPUSH", documents, *(_entry(each) for each in self._documents))
        yield ("EXPIRE", documents, kept_s)
        yield ("HSET", batch, *chain.from_iterable(self._fields(len(jobs), key).items()))
        yield ("EXPIRE", batch, kept_s)
        if not jobs and self.callback_url:
            origin = self._origin
            at, kind = self._created_at, "batch.finished"
            yield from announcing(batch, kind, at, url=self.callback_url, owner=origin.owner, request_id=origin.request_id)
        yield from counting(counters.ACCEPTED.by(len(jobs)))

    def _fields(self, jobs: int, key: IdempotencyKey | None) -> dict[Any, Any]:
        created_at = self._created_at.isoformat()
        expires_at = (self._created_at + timedelta(seconds=self._jobs.ttl_s)).isoformat()
        counts = dict.fromkeys(COUNTED, 0) | {"queued": jobs, "refused": len(self._documents) - jobs}
        fields: dict[Any, Any] = {"owner": self._origin.owner, "created_at": created_at, "expires_at": expires_at, "version": 1, **counts}
        fields["request_id"] = self._origin.request_id
        fields |= {"callback_url": self.callback_url} if self.callback_url else {}
        fields |= {"idempotency_key": key.name} if key else {}
        return fields if jobs else fields | {"finished_at": created_at}


def _entry(document: Submission | Refused) -> str:
    """As it stands in the batch's list: a refused one as a JSON object, which no id begins like."""
    return document.record.id if isinstance(document, Submission) else json.dumps(asdict(document), ensure_ascii=False)
