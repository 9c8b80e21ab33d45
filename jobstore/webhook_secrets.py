"""The secrets that sign what callback URLs are told: one for each owner of jobs, two while it is changed.

They are kept as they are: whoever signs must know them. An owner must know its own alone, or it could sign for the others.
"""

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

import redis
from redis.client import Pipeline

from jobstore import keys
from jobstore.connection import available
from jobstore.settings import SettingError

PREFIX = "whsec_"
_BYTES = 32
_LEAST_BYTES, _MOST_BYTES = 24, 64  # Standard Webhooks


@dataclass(frozen=True, slots=True)
class Secret:
    """`secret` as both sides write it (`whsec_` and base64); it signs until `until` (ISO 8601 in UTC), None: until it is changed."""

    secret: str
    created_at: str
    until: str | None = None


class WebhookSecrets:
    """Get and change secrets. Every method raises `StoreUnavailable` where Redis does not answer."""

    def __init__(self, connection: redis.Redis, configured: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self._redis = connection
        self._configured = dict(configured or {})

    def signing(self, owner: str) -> tuple[str, ...]:
        """What signs for `owner`, the newest first; those of the settings, else those in Redis, else one that is made now."""
        if owner in self._configured:
            return self._configured[owner]
        return tuple(each.secret for each in self.kept(owner) or [self._first(owner)])

    def kept(self, owner: str) -> list[Secret]:
        """The secrets in Redis that sign for `owner`, the newest first."""
        with available():
            return _in_force(cast("bytes | None", self._redis.hget(keys.WEBHOOK_SECRETS, owner)))

    def rotate(self, owner: str, keep_s: int) -> Secret:
        """A new secret for `owner`; the one before it signs beside it for `keep_s`, any older one no longer."""
        new = Secret(new_secret(), _iso(datetime.now(UTC)))

        def change(pipe: Pipeline) -> None:
            before = _in_force(cast("bytes | None", pipe.hget(keys.WEBHOOK_SECRETS, owner)))[:1]
            until = _iso(datetime.now(UTC) + timedelta(seconds=keep_s))
            kept = [new, *(Secret(each.secret, each.created_at, until) for each in before if keep_s)]
            pipe.multi()
            pipe.hset(keys.WEBHOOK_SECRETS, owner, json.dumps([asdict(each) for each in kept]))

        with available():
            self._redis.transaction(change, keys.WEBHOOK_SECRETS)
        return new

    def owners(self) -> list[str]:
        """Who has secrets in Redis."""
        with available():
            return sorted(name.decode() for name in cast("list[bytes]", self._redis.hkeys(keys.WEBHOOK_SECRETS)))

    def _first(self, owner: str) -> Secret:
        first = Secret(new_secret(), _iso(datetime.now(UTC)))
        with available():
            self._redis.hsetnx(keys.WEBHOOK_SECRETS, owner, json.dumps([asdict(first)]))
        return self.kept(owner)[0]  # of two at the same moment one was first


def new_secret() -> str:
    """A secret of 256 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """The bytes that sign. Raises `ValueError` for what is no secret."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not secret.startswith(PREFIX) or not _LEAST_BYTES <= len(key) <= _MOST_BYTES:
        raise ValueError(f"{PREFIX} and the base64 of {_LEAST_BYTES} to {_MOST_BYTES} bytes is wanted")
    return key


def configured(environ: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The secrets of the setting WEBHOOK_SECRETS by owner: `NAME:whsec_…`, the newest of a name first. Raises `SettingError`."""
    found: dict[str, tuple[str, ...]] = {}
    for place, entry in enumerate(environ.get("WEBHOOK_SECRETS", "").replace(",", " ").split(), 1):
        owner, _, secret = entry.partition(":")
        try:
            key_of(secret)
        except ValueError as error:  # the entry is not shown
            raise SettingError(f"WEBHOOK_SECRETS: entry {place} is no NAME:SECRET: {error}") from None
        found[owner] = (*found.get(owner, ()), secret)
    return found


def _in_force(kept: bytes | None) -> list[Secret]:
    now = _iso(datetime.now(UTC))
    found = [Secret(**each) for each in json.loads(kept)] if kept else []
    return [each for each in found if each.until is None or each.until > now]


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
