"""Whether the service lives and works."""

from schemas.fields import StrictSchema, Text, Whole


class Alive(StrictSchema):
    """The web process answers."""

    status = Text(required=True, metadata={"enum": ["ok"]})


class Ready(StrictSchema):
    """Redis answers and workers are registered."""

    status = Text(required=True, metadata={"enum": ["ready"]})
    workers = Whole(required=True, least=1)
    queued = Whole(required=True, metadata={"description": "Jobs that wait for a worker."})
