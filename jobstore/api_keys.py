"""API keys in Redis: who may use the service, and under which name. Only hashes are kept; a key is shown once, when it is made."""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import cast

import redis

from jobstore import keys
from jobstore.connection import available
from jobstore.settings import SettingError

ANONYMOUS = "anonymous"
"""Owner of the jobs that came without a key."""

KEY_PREFIX = "jjk_"
"""What every key begins with, so that those who search for leaked secrets know it."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ID_HEX_DIGITS = 8


class ApiKeyError(ValueError):
    """A key cannot be made or revoked as it was asked; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept. `id` begins its `sha256` (hexadecimal); `name` owns the jobs that come with it. Times are ISO 8601 in UTC."""

    id: str
    name: str
    sha256: str
    created_at: str
    revoked_at: str | None = None


class ApiKeys:
    """Add, list, revoke and forget keys. Every method raises `StoreUnavailable` where Redis does not answer."""

    def __init__(self, connection: redis.Redis) -> None:
        self._redis = connection

    def add(self, name: str, *, beside: bool = False) -> tuple[ApiKey, str]:
        """A new key for `name`, as it is kept and as its user sends it; `beside` others of that name.

        Raises `ApiKeyError` for a name that is none, or that has a key where `beside` is not set.
        """
        checked_name(name)
        if not beside and any(key.name == name and not key.revoked_at for key in self.all()):
            raise ApiKeyError(f"{name} has a key. Revoke it first, or have a second one beside it while you change over: --rotate")
        secret = new_key()
        key = _key(name, digest(secret))
        with available():
            self._redis.hset(keys.API_KEYS, key.id, json.dumps(asdict(key)))
        return key, secret

    def all(self) -> list[ApiKey]:
        """Every key, the revoked ones too, by age."""
        with available():
            kept = cast("dict[bytes, bytes]", self._redis.hgetall(keys.API_KEYS))
        return sorted((ApiKey(**json.loads(value)) for value in kept.values()), key=lambda key: key.created_at)

    def revoke(self, which: str) -> list[ApiKey]:
        """Revoke the key of this id, or every key of this name: those that were revoked by this.

        Raises `ApiKeyError` where there is none to revoke.
        """
        found = [key for key in self.all() if which in (key.id, key.name) and not key.revoked_at]
        if not found:
            raise ApiKeyError(f"No key in force has the id or name {which!r}; see: jujang keys list")
        revoked = [ApiKey(key.id, key.name, key.sha256, key.created_at, _now()) for key in found]
        with available():
            self._redis.hset(keys.API_KEYS, mapping={key.id: json.dumps(asdict(key)) for key in revoked})
        return revoked

    def forget_revoked(self) -> int:
        """Erase the revoked ones; how many there were."""
        gone = [key.id for key in self.all() if key.revoked_at]
        if gone:
            with available():
                self._redis.hdel(keys.API_KEYS, *gone)
        return len(gone)


def new_key() -> str:
    """A key of 256 random bits: nobody guesses it, so a plain SHA-256 of it is safe to keep."""
    return KEY_PREFIX + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept of a key: its SHA-256 in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def owner_of(secret: str, known: Iterable[ApiKey]) -> str | None:
    """Whose key this is; None where it is nobody's or was revoked. How long it takes does not depend on the key."""
    sent = digest(secret)
    owner = None
    for key in known:
        if hmac.compare_digest(sent, key.sha256) and not key.revoked_at:
            owner = key.name
    return owner


def checked_name(name: str) -> str:
    """The name. Raises `ApiKeyError` for one that cannot be."""
    if not _NAME.fullmatch(name) or name == ANONYMOUS:
        raise ApiKeyError(f"{name!r} cannot name a key: up to 64 ASCII letters, digits, '.', '_' and '-' can, other than '{ANONYMOUS}'")
    return name


def configured(environ: Mapping[str, str]) -> tuple[ApiKey, ...]:
    """The keys of the setting API_KEYS: `name:SHA-256 in hexadecimal`, several with commas or blanks between. Raises `SettingError`."""
    found = []
    for place, entry in enumerate(environ.get("API_KEYS", "").replace(",", " ").split(), 1):
        name, _, sha256 = entry.partition(":")
        if not _NAME.fullmatch(name) or name == ANONYMOUS or not _SHA256.fullmatch(sha256):
            # it is not shown: somebody may have put the key itself there
            raise SettingError(f"API_KEYS: entry {place} is no NAME:SHA256 as `jujang keys add NAME --print` makes it")
        found.append(ApiKey(sha256[:_ID_HEX_DIGITS], name, sha256, created_at=""))
    return tuple(found)


def _key(name: str, sha256: str) -> ApiKey:
    return ApiKey(sha256[:_ID_HEX_DIGITS], name, sha256, _now())


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
