"""Fixtures that cost seconds are made once a session."""

import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
import redis
from hypothesis import HealthCheck, settings

from jujang.embedded_redis import EmbeddedRedis
from workers.morphology import Morphology

if TYPE_CHECKING:
    from workers.runtime import Runtime

# a shell ignores Ctrl-C for what it starts in the background, and commands under test would inherit that
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# a shared machine may stand still for a second: no test fails for its time
settings.register_profile("jujang", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
settings.load_profile("jujang")


@pytest.fixture(scope="session")
def morphology() -> Morphology:
    return Morphology()


@pytest.fixture(scope="session")
def runtime(morphology: Morphology) -> "Runtime":
    from workers.runtime import load

    return load(morphology)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis for the session; what a test keeps in it is that test's."""
    with EmbeddedRedis() as server:
        yield server.url


@pytest.fixture
def url(redis_url: str) -> Iterator[str]:
    """A database of its own, empty before the test and after it."""
    address = f"{redis_url}?db=9"
    redis.Redis.from_url(address).flushdb()
    yield address
    redis.Redis.from_url(address).flushdb()
