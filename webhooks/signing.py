"""Signatures per Standard Webhooks: HMAC-SHA256 over id, time and body."""

import base64
import hashlib
import hmac
from collections.abc import Iterable

from jobstore.webhook_secrets import key_of


def headers(event_id: str, at_s: int, body: bytes, secrets: Iterable[str]) -> dict[str, str]:
    """The three fields that go with `body`, sent at `at_s` (seconds since 1970); a signature for each secret, so that it can be changed."""
    signed = f"{event_id}.{at_s}.".encode() + body
    signatures = [f"v1,{base64.b64encode(hmac.digest(key_of(secret), signed, hashlib.sha256)).decode()}" for secret in secrets]
    return {"webhook-id": event_id, "webhook-timestamp": str(at_s), "webhook-signature": " ".join(signatures)}
