"""A lane as RQ's own code knows it."""

import redis
from rq import Queue
from rq.serializers import JSONSerializer

from jobstore.keys import Lane


def queue(connection: redis.Redis, lane: Lane) -> Queue:
    """RQ's queue of this lane; ids only, as JSON."""
    return Queue(lane.value, connection=connection, serializer=JSONSerializer)
