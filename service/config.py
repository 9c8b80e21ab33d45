"""Every setting of the service, read from the environment here only (those it shares with the workers in `jobstore.settings`)."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address

from limits import RateLimitItem, RateLimitItemPerMinute, parse

from jobstore.api_keys import ApiKey, configured
from jobstore.settings import SettingError, StoreSettings, log_level, whole_number, yes_or_no
from webhooks.addresses import AllowList

_SECRET_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class Config:
    """The service's settings. `waiters` requests a process are held open at most for `Prefer: wait`; any more are answered at once.

    `rate_limit` is of one key, or of one address where there are no keys; behind `trusted_proxies` the address is what they forward.
    `api_keys` stand beside those kept in Redis; `metrics_token` opens /metrics and nothing else.
    A connection on which a client sends nothing for `client_timeout_s` in the middle of a request is closed.
    """

    store: StoreSettings
    host: str = "127.0.0.1"
    port: int = 8000
    max_characters: int = 1_000_000
    max_body_bytes: int = 8_000_000
    max_batch_bytes: int = 64_000_000
    web_processes: int = 2
    web_threads: int = 16
    waiters: int = 8
    client_timeout_s: int = 20
    log_level: str = "info"
    api_keys: tuple[ApiKey, ...] = ()
    allow_anonymous: bool = False
    metrics_token: str = field(default="", repr=False)
    rate_limit: RateLimitItem | None = field(default_factory=lambda: RateLimitItemPerMinute(6_000))
    max_queued: int = 10_000
    redis_high_water_percent: int = 80
    trusted_proxies: int = 0
    callbacks: AllowList = field(default_factory=AllowList)

    def __post_init__(self) -> None:
        if self.waiters >= self.web_threads:
            raise SettingError(f"WAITERS={self.waiters} would hold all of WEB_THREADS={self.web_threads}: fewer are wanted")

    @property
    def answers_anonymous(self) -> bool:
        """Whether requests without a key are served as long as there are no keys: on loopback, elsewhere only where the settings say so."""
        return self.allow_anonymous or is_loopback(self.host)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Config":
        """HOST, PORT, MAX_CHARACTERS, MAX_BODY_BYTES, MAX_BATCH_BYTES, WEB_PROCESSES, WEB_THREADS, WAITERS, CLIENT_TIMEOUT,
        LOG_LEVEL, API_KEYS, ALLOW_ANONYMOUS, METRICS_TOKEN, RATE_LIMIT, MAX_QUEUED, REDIS_HIGH_WATER, TRUSTED_PROXIES, WEBHOOK_ALLOW
        and those of the store.

        An empty value counts as none. Raises `SettingError`, which names the variable and says what it takes.
        """
        threads = whole_number(environ, "WEB_THREADS", 16, least=1, most=1024)
        return cls(
            store=StoreSettings.from_environment(environ),
            host=environ.get("HOST", "").strip() or "127.0.0.1",
            port=whole_number(environ, "PORT", 8000, least=0, most=65_535),
            max_characters=whole_number(environ, "MAX_CHARACTERS", 1_000_000, least=1, most=100_000_000),
            max_body_bytes=whole_number(environ, "MAX_BODY_BYTES", 8_000_000, least=1_000, most=1_000_000_000),
            max_batch_bytes=whole_number(environ, "MAX_BATCH_BYTES", 64_000_000, least=1_000, most=1_000_000_000),
            web_processes=whole_number(environ, "WEB_PROCESSES", 2, least=1, most=256),
            web_threads=threads,
            waiters=whole_number(environ, "WAITERS", threads // 2, least=0, most=1023),
            client_timeout_s=whole_number(environ, "CLIENT_TIMEOUT", 20, least=1, most=3600),
            log_level=log_level(environ),
            api_keys=configured(environ),
            allow_anonymous=yes_or_no(environ, "ALLOW_ANONYMOUS", default=False),
            metrics_token=_secret(environ, "METRICS_TOKEN"),
            rate_limit=_rate(environ, "RATE_LIMIT", "6000/minute"),
            max_queued=whole_number(environ, "MAX_QUEUED", 10_000, least=1, most=100_000_000),
            redis_high_water_percent=whole_number(environ, "REDIS_HIGH_WATER", 80, least=1, most=100),
            callbacks=AllowList.from_environment(environ),
            trusted_proxies=whole_number(environ, "TRUSTED_PROXIES", 0, least=0, most=16),
        )


def is_loopback(host: str) -> bool:
    """Whether only programs of this machine reach what listens on `host`."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _secret(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip()
    if value and (len(value) < _SECRET_CHARACTERS or not value.isascii()):
        raise SettingError(f"{name}: at least {_SECRET_CHARACTERS} characters of ASCII are wanted (openssl rand -hex 24)")
    return value


def _rate(environ: Mapping[str, str], name: str, default: str) -> RateLimitItem | None:
    value = environ.get(name, "").strip().lower() or default
    if value == "off":
        return None
    try:
        limit = parse(value)
    except ValueError:
        limit = None
    if limit is None or limit.amount < 1:
        raise SettingError(f"{name}={value!r}: a number of requests and a time, such as {default}, or off, is wanted")
    return limit
