"""Pages, their assets, and what every answer carries."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from jobstore import failures
from schemas.problem_types import TYPES

PAGES = ["/", "/docs", "/problems", "/problems/invalid-field"]
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("path", PAGES)
def test_pages_take_nothing_from_elsewhere_and_run_nothing_inline(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers=HTML)
    assert response.status_code == 200
    assert response.mimetype == "text/html"
    page = response.get_data(as_text=True)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy.replace("'unsafe-inline'", "") or "script-src 'self';" in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|<style|\sstyle=|javascript:", page)
    for address in re.findall(r'(?:src|href)="([^"]+)"', page):
        if address.startswith("#"):
            assert f'id="{address[1:]}"' in page
            continue
        assert address.startswith("/")
        assert client.get(address, headers=HTML).status_code in (200, 503), address


def test_assets_of_the_documentation(client: FlaskClient) -> None:
    script = client.get("/docs/swagger-ui-bundle.js")
    assert script.status_code == 200
    assert script.mimetype == "text/javascript"
    assert len(script.get_data()) > 1_000_000
    assert client.get("/docs/swagger-ui.css").mimetype == "text/css"


@pytest.mark.parametrize("name", TYPES)
def test_every_problem_is_explained_where_its_type_points(client: FlaskClient, name: str) -> None:
    kind = TYPES[name]
    assert client.get(kind.uri).get_json() == {"type": kind.uri, "title": kind.title, "status": kind.status, "remedy": kind.remedy}
    assert kind.title in client.get(kind.uri, headers=HTML).get_data(as_text=True).replace("&#39;", "'")


def test_failures_of_jobs_are_problems_of_the_catalogue() -> None:
    made = [failures.deadline_exceeded(1), failures.extraction_failed(ValueError()), failures.worker_lost(3), failures.request_expired()]
    for problem in made:
        kind = TYPES[problem["type"].removeprefix("/problems/")]
        assert (problem["title"], problem["status"]) == (kind.title, kind.status)


@pytest.mark.parametrize("path", [*PAGES, "/healthz", "/openapi.json", "/nowhere", "/static/site.css", "/docs/swagger-ui.css"])
def test_headers_of_every_answer(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert re.fullmatch(r"[0-9a-f]{32}", headers["X-Request-Id"])


def test_request_id_is_taken_over(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"X-Request-Id": "abc-123_4.5:6"}).headers["X-Request-Id"] == "abc-123_4.5:6"


@pytest.mark.parametrize("given", ["", "a b", "<script>", "가", "x" * 129, '"'])
def test_request_id_that_could_do_harm_is_replaced(client: FlaskClient, given: str) -> None:
    taken = client.get("/healthz", headers={"X-Request-Id": given.encode().decode("latin-1")}).headers["X-Request-Id"]
    assert re.fullmatch(r"[0-9a-f]{32}", taken)


def test_ready_needs_a_worker(client: FlaskClient, app: Flask, own_redis_url: str) -> None:
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.get_json()["type"] == "/problems/no-worker"
    import redis
    from rq import Worker

    from jobstore.keys import Lane
    from jobstore.rq_queue import queue

    worker = Worker([queue(redis.Redis.from_url(own_redis_url), Lane.SHORT)])
    worker.register_birth()  # type: ignore[no-untyped-call]
    try:
        response = client.get("/readyz")
        assert response.status_code == 200
        assert response.get_json()["workers"] == 1
    finally:
        worker.register_death()  # type: ignore[no-untyped-call]


def test_alive(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}
