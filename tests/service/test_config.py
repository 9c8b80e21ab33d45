"""Settings from the environment."""

import pytest

from jobstore.settings import SettingError
from service.config import Config

URL = {"REDIS_URL": "redis://localhost"}


def test_defaults() -> None:
    config = Config.from_environment(URL)
    assert (config.host, config.port, config.max_characters, config.store.result_ttl_s) == ("127.0.0.1", 8000, 1_000_000, 86_400)
    assert config.waiters < config.web_threads


def test_every_setting() -> None:
    given = {"HOST": "::", "PORT": "81", "MAX_CHARACTERS": "5", "MAX_BODY_BYTES": "5000", "WEB_PROCESSES": "3", "WEB_THREADS": "9"}
    config = Config.from_environment(
        URL | given | {"WAITERS": "7", "CLIENT_TIMEOUT": "3", "LOG_LEVEL": "ERROR", "RESULT_TTL": "60", "JOB_DEADLINE": "9"}
    )
    assert (config.host, config.port, config.max_characters, config.max_body_bytes) == ("::", 81, 5, 5000)
    assert (config.web_processes, config.web_threads, config.waiters, config.client_timeout_s) == (3, 9, 7, 3)
    assert config.log_level == "error"
    assert (config.store.result_ttl_s, config.store.deadline_s) == (60, 9)


def test_limits() -> None:
    config = Config.from_environment(
        URL | {"RATE_LIMIT": "5 per second", "MAX_QUEUED": "9", "REDIS_HIGH_WATER": "50", "TRUSTED_PROXIES": "1"}
    )
    assert config.rate_limit is not None
    assert (config.rate_limit.amount, config.rate_limit.get_expiry()) == (5, 1)
    assert (config.max_queued, config.redis_high_water_percent, config.trusted_proxies) == (9, 50, 1)
    assert Config.from_environment(URL | {"RATE_LIMIT": "off"}).rate_limit is None


def test_an_empty_value_counts_as_none() -> None:
    assert Config.from_environment(URL | {"PORT": " ", "LOG_LEVEL": "", "HOST": ""}) == Config.from_environment(URL)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("MAX_CHARACTERS", "0"),
        ("MAX_CHARACTERS", "1e6"),
        ("MAX_BODY_BYTES", "10"),
        ("MAX_BATCH_BYTES", "10"),
        ("WEB_THREADS", "0"),
        ("WAITERS", "16"),
        ("LOG_LEVEL", "loud"),
        ("RATE_LIMIT", "fast"),
        ("RATE_LIMIT", "0/minute"),
        ("RATE_LIMIT", "10/fortnight"),
        ("MAX_QUEUED", "0"),
        ("REDIS_HIGH_WATER", "101"),
        ("TRUSTED_PROXIES", "10.0.0.1"),
        ("ALLOW_ANONYMOUS", "maybe"),
        ("API_KEYS", "newsroom"),
        ("RESULT_TTL", "1 day"),
        ("REDIS_URL", "http://localhost"),
        ("REDIS_URL", ""),
    ],
)
def test_bad_values_are_named(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name):
        Config.from_environment(URL | {name: value})
