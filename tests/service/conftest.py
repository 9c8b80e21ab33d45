"""The application on a real Redis, and a worker's side of the store to drive jobs with."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from jobstore.settings import StoreSettings
from jobstore.store import JobStore
from service.app import create_app
from service.config import Config
from tests.service.driver import Driver


@pytest.fixture(scope="session")
def own_redis_url(redis_url: str) -> str:
    """A database that no worker of another test is registered in."""
    return f"{redis_url}?db=7"


@pytest.fixture(scope="session")
def app(own_redis_url: str) -> Flask:
    return create_app(Config(StoreSettings(own_redis_url), max_characters=10_000, max_body_bytes=100_000, log_level="error"))


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


@pytest.fixture(scope="session")
def store(own_redis_url: str) -> JobStore:
    return JobStore.connect(own_redis_url)


@pytest.fixture
def driver(store: JobStore) -> Driver:
    return Driver(store)
