"""The address of a Redis that Sentinels watch over: `redis+sentinel://[USER:PASSWORD@]HOST:PORT,HOST:PORT/NAME[/DB]`.

`rediss+sentinel` speaks TLS to Sentinels and servers; `?sentinel_username=…&sentinel_password=…` is for Sentinels that want one, and
parameters that begin with `ssl_` are redis-py's.
"""

from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qsl, unquote, urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from redis.sentinel import Sentinel

SCHEMES = ("redis+sentinel", "rediss+sentinel")
PORT = 26_379
_FOR_SENTINELS = {"sentinel_username": "username", "sentinel_password": "password"}
_SENTINEL_TIMEOUT_S = 1.0  # they lie near, and the next is asked where one is silent


@dataclass(frozen=True, slots=True)
class SentinelAddress:
    """Which Sentinels to ask for the server of which name. `options` are redis-py's for servers, `sentinel_options` for Sentinels."""

    sentinels: tuple[tuple[str, int], ...]
    name: str
    options: dict[str, Any] = field(default_factory=dict, repr=False)
    sentinel_options: dict[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def parse(cls, url: str) -> "SentinelAddress":
        """The address that `url` holds. Raises `ValueError`, which says what is wrong without any password."""
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES:
            raise ValueError(f"one of {', '.join(SCHEMES)} is wanted")
        credentials, _, hosts = parts.netloc.rpartition("@")
        name, _, database = parts.path.strip("/").partition("/")
        if not name:
            raise ValueError("the name that the Sentinels know the server by is wanted: HOST:PORT/NAME")
        if database and not (database.isascii() and database.isdecimal()):
            raise ValueError("the database is a number: HOST:PORT/NAME/0")
        username, _, password = credentials.partition(":")
        options: dict[str, Any] = {"db": int(database or 0)}
        options |= {key: unquote(value) for key, value in (("username", username), ("password", password)) if value}
        sentinel_options: dict[str, Any] = {}
        if parts.scheme.startswith("rediss"):
            options["ssl"] = sentinel_options["ssl"] = True
        for key, value in parse_qsl(parts.query):
            if key in _FOR_SENTINELS:
                sentinel_options[_FOR_SENTINELS[key]] = value
            elif key.startswith("ssl_"):
                options[key] = sentinel_options[key] = value
            else:
                raise ValueError(f"there is no parameter {key}; there are {', '.join(_FOR_SENTINELS)} and ssl_…")
        return cls(tuple(_host(each) for each in hosts.split(",")), name, options, sentinel_options)

    def connect(self, **options: Any) -> redis.Redis:
        """A client of whichever server is the master at the time; `options` are redis-py's."""
        asking = {
            "socket_timeout": _SENTINEL_TIMEOUT_S,
            "socket_connect_timeout": _SENTINEL_TIMEOUT_S,
            "retry": Retry(NoBackoff(), 0),
            **self.sentinel_options,
        }
        sentinels = Sentinel(self.sentinels, sentinel_kwargs=asking)  # type: ignore[no-untyped-call]
        return cast("redis.Redis", sentinels.master_for(self.name, **self.options, **options))  # type: ignore[no-untyped-call]

    def __str__(self) -> str:
        """For people: no password."""
        return f"{self.name} by the Sentinels {', '.join(f'{host}:{port}' for host, port in self.sentinels)}"


def _host(written: str) -> tuple[str, int]:
    try:
        found = urlsplit(f"//{written}")
        host, port = found.hostname, found.port
    except ValueError:
        host = port = None
    if not host or "@" in written:
        raise ValueError("Sentinels are wanted: HOST:PORT, several with commas between them")
    return host, port or PORT
