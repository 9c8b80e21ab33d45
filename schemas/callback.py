"""Being told of an end instead of asking for it."""

from schemas.fields import Instant, StrictSchema, Text, Whole, label
from schemas.labels import DeliveryStatus
from schemas.validators import AtMost


def callback_url() -> Text:
    """The field that names who is to be told; whether it may be reached is the service's to say."""
    return Text(
        allow_none=True,
        validate=AtMost(2000),
        metadata={
            "format": "uri",
            "description": "An https URL of yours that is told of the end by a POST, signed per Standard Webhooks. "
            "It holds id and status, not the result.",
        },
    )


class CallbackParameter(StrictSchema):
    """The field as a parameter of the query."""

    callback_url = callback_url()


class Callback(StrictSchema):
    """How telling the callback URL goes."""

    url = Text(required=True, metadata={"format": "uri"})
    status = label(
        DeliveryStatus,
        metadata={
            "description": "`pending`: not yet, or it failed and will be tried again; `delivered`: accepted with 2xx; `failed`: given up."
        },
    )
    attempts = Whole(required=True, metadata={"description": "How many were made."})
    attempted_at = Instant(required=True, allow_none=True, metadata={"description": "When the last was made."})
    problem = Text(required=True, allow_none=True, metadata={"description": "Why the last came to nothing."})
