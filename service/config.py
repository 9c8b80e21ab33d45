"""Every setting of the service, read from the environment here only."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


class ConfigError(ValueError):
    """A setting that cannot be meant; the message names it, its value and what it may be."""


def _setting(default: Any, meaning: str, *, least: int | None = None, most: int | None = None, choices: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"meaning": meaning, "least": least, "most": most, "choices": choices})


@dataclass(frozen=True, slots=True)
class Config:
    """The service's settings; the environment variable of `max_characters` is MAX_CHARACTERS."""

    host: str = _setting("127.0.0.1", "address to listen on")
    port: int = _setting(8000, "port to listen on, 0 for any free one", least=0, most=65535)
    redis_url: str = _setting("redis://127.0.0.1:6379/0", "the Redis that keeps the jobs")
    result_ttl: int = _setting(86_400, "seconds after which text and result are erased", least=1, most=366 * 86_400)
    job_deadline_s: int = _setting(120, "seconds that one extraction may take", least=1, most=86_400)
    max_characters: int = _setting(1_000_000, "longest text, in characters", least=1, most=100_000_000)
    max_body_bytes: int = _setting(8_000_000, "largest body of a request, in bytes", least=1_000, most=1_000_000_000)
    web_processes: int = _setting(2, "gunicorn's processes", least=1, most=256)
    web_threads: int = _setting(4, "threads in each of them", least=2, most=1024)
    waiters: int = _setting(2, "requests that one process holds open for `Prefer: wait`; any more are answered at once", least=0, most=1024)
    log_level: str = _setting("info", "debug, info, warning or error", choices=("debug", "info", "warning", "error"))

    def __post_init__(self) -> None:
        if self.waiters >= self.web_threads:
            raise ConfigError(
                f"WAITERS={self.waiters} would hold every one of WEB_THREADS={self.web_threads}; keep at least one thread free."
            )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Config":
        """The settings that `environ` names, else the defaults; an empty value counts as none.

        Raises `ConfigError` on a value that is not of its kind.
        """
        given: dict[str, Any] = {}
        for each in fields(cls):
            name = each.name.upper()
            value = environ.get(name, "").strip()
            if value:
                given[each.name] = _number(name, value, each.metadata) if each.type is int else _text(name, value, each.metadata)
        return cls(**given)


def _number(name: str, value: str, metadata: Mapping[str, Any]) -> int:
    plain = value.replace("_", "")
    if plain.isascii() and plain.isdigit() and metadata["least"] <= int(plain) <= metadata["most"]:
        return int(plain)
    raise ConfigError(
        f"{name}={value!r} is not usable: {metadata['meaning']}; a whole number from {metadata['least']} to {metadata['most']}."
    )


def _text(name: str, value: str, metadata: Mapping[str, Any]) -> str:
    if metadata["choices"] and value.lower() not in metadata["choices"]:
        raise ConfigError(f"{name}={value!r} is not usable: it may be {', '.join(metadata['choices'])}.")
    if name == "REDIS_URL" and not value.startswith(("redis://", "rediss://", "unix://")):
        # the value may hold a password: not into the message
        raise ConfigError("REDIS_URL is not usable: it begins with redis://, rediss:// or unix://.")
    return value.lower() if metadata["choices"] else value
