"""What service and workers must agree on, from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass

from jobstore import sentinel

LOG_LEVELS = ("debug", "info", "warning", "error")
_ADDRESSES = ("redis://", "rediss://", "unix://", *(f"{scheme}://" for scheme in sentinel.SCHEMES))


class SettingError(ValueError):
    """A setting that cannot be used; the message names it and says what it takes."""


def whole_number(environ: Mapping[str, str], name: str, default: int, *, least: int, most: int) -> int:
    """The setting `name` as an integer in [least, most]. Raises `SettingError`."""
    text = environ.get(name, "").strip()
    if not text:
        return default
    try:
        value = int(text)
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        raise SettingError(f"{name}={text!r}: a whole number from {least} to {most} is wanted")
    return value


def yes_or_no(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    """The setting `name` as a truth value. Raises `SettingError`."""
    text = environ.get(name, "").strip().lower()
    if text not in ("", *_YES, *_NO):
        raise SettingError(f"{name}={text!r}: yes or no is wanted")
    return text in _YES if text else default


_YES = ("yes", "true", "1", "on")
_NO = ("no", "false", "0", "off")


def log_level(environ: Mapping[str, str]) -> str:
    """LOG_LEVEL, from which level on a process logs. Raises `SettingError`."""
    value = environ.get("LOG_LEVEL", "").strip().lower() or "info"
    if value not in LOG_LEVELS:
        raise SettingError(f"LOG_LEVEL={value!r}: one of {', '.join(LOG_LEVELS)} is wanted")
    return value


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Where jobs are kept, for how long, and how long one may take."""

    redis_url: str
    result_ttl_s: int = 86_400
    deadline_s: int = 120

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "StoreSettings":
        """REDIS_URL (needed), RESULT_TTL, JOB_DEADLINE. Raises `SettingError`."""
        url = environ.get("REDIS_URL", "").strip()
        if not url.startswith(_ADDRESSES):
            found = "is not an address of Redis" if url else "is not set"  # not the value: it may hold a password
            raise SettingError(
                f"REDIS_URL {found}: redis://HOST:PORT/0, rediss://…, unix://PATH or redis+sentinel://HOST:PORT,HOST:PORT/NAME/0 "
                "is wanted (`jujang up` starts a Redis)"
            )
        if url.startswith(sentinel.SCHEMES):
            try:
                sentinel.SentinelAddress.parse(url)
            except ValueError as error:
                raise SettingError(f"REDIS_URL: {error}") from error
        return cls(
            redis_url=url,
            result_ttl_s=whole_number(environ, "RESULT_TTL", 86_400, least=1, most=31_536_000),
            deadline_s=whole_number(environ, "JOB_DEADLINE", 120, least=1, most=86_400),
        )
