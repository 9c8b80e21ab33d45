"""A child among RQ's registered workers: what readiness, `rq info` and `jujang status` see of it."""

import socket
from typing import Any, cast

import redis
from rq import worker_registration
from rq.utils import now
from rq.worker import BaseWorker, WorkerStatus

from jobstore.connection import available
from jobstore.keys import Lane
from jobstore.rq_queue import queue


class Registration(BaseWorker):
    """RQ's record of a worker, kept by the parent on its child's behalf; it counts for `ttl_s` after its last renewal."""

    def __init__(self, lane: Lane, name: str, child_pid: int, connection: redis.Redis, ttl_s: int) -> None:
        super().__init__([queue(connection, lane)], name=name, connection=connection, worker_ttl=ttl_s, prepare_for_work=False)
        self.pid, self.hostname, self.ip_address = child_pid, socket.gethostname(), ""
        self.birth_date = self.last_heartbeat = now()

    def _set_connection(self, connection: redis.Redis) -> redis.Redis:
        return connection  # RQ's own would have it wait longer than the parent can

    def renew(self, pipe: Any, job_id: str) -> None:
        """Sign in, or sign in anew: Redis may have lost it, or another worker struck it off. `job_id` is '' where the child is idle."""
        self.last_heartbeat = now()
        pipe.expire(self.key, self.worker_ttl)  # a Redis that is full refuses all but this
        state = WorkerStatus.BUSY if job_id else WorkerStatus.IDLE
        pipe.hset(self.key, mapping=self.serialize() | {"state": state.value, "current_job": job_id})
        pipe.expire(self.key, self.worker_ttl)
        worker_registration.register(self, cast("Any", pipe))

    def withdraw(self, pipe: Any) -> None:
        """Sign out."""
        worker_registration.unregister(self, pipe)
        pipe.delete(self.key)


def strike_off_the_dead(connection: redis.Redis) -> None:
    """Take from RQ's lists who is no longer there: nobody withdraws a worker that was killed."""
    with available():
        for lane in Lane:
            worker_registration.clean_worker_registry(queue(connection, lane))
