"""Receivers on real ports, and the outbox of a real Redis."""

import socket
import ssl
from collections.abc import Iterator

import pytest
import redis
import trustme

from jobstore.outbox import Outbox
from jobstore.store import JobStore
from jobstore.webhook_secrets import WebhookSecrets
from tests.webhooks.receiver import Receiver


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture
def connection(url: str) -> redis.Redis:
    return redis.Redis.from_url(url)


@pytest.fixture
def store(connection: redis.Redis) -> JobStore:
    return JobStore(connection)


@pytest.fixture
def outbox(connection: redis.Redis) -> Outbox:
    return Outbox(connection)


@pytest.fixture
def secrets(connection: redis.Redis) -> WebhookSecrets:
    return WebhookSecrets(connection)
