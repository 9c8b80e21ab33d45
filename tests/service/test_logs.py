"""What is logged, and what never is."""

import json

import pytest
from flask import Flask

from jobstore.settings import StoreSettings
from jobstore.store import JobStore
from service.app import create_app
from service.config import Config

SECRET = "이글은아무도읽지않는다"


def app_with_logs(own_redis_url: str) -> Flask:
    return create_app(Config(StoreSettings(own_redis_url), log_level="info"))


def test_a_line_of_json_a_request_without_text_path_or_query(own_redis_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    client = app_with_logs(own_redis_url).test_client()
    client.post("/v1/extractions", json={"text": SECRET, "document": {"id": SECRET}})
    client.post(f"/v1/extractions?id={SECRET}", data=SECRET, content_type="text/plain")
    client.post("/v1/extractions", json={"text": SECRET, SECRET: 1})
    client.post("/v1/extractions", data=f'{{"text": "{SECRET}', content_type="application/json")
    client.get(f"/v1/extractions/{SECRET}")
    client.get(f"/{SECRET}?{SECRET}", headers={"X-Request-Id": "mine"})
    out = capsys.readouterr()
    assert SECRET not in out.out + out.err
    written = [json.loads(line) for line in out.err.splitlines()]
    assert [line["status"] for line in written] == [202, 202, 422, 400, 404, 404]
    assert written[-1]["request_id"] == "mine"


def test_unexpected_errors_tell_neither_client_nor_log_the_text(
    own_redis_url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: JobStore, request: dict[str, object], **_: object) -> None:
        raise RuntimeError(f"cannot cope with {request}")

    monkeypatch.setattr(JobStore, "submit", broken)
    response = app_with_logs(own_redis_url).test_client().post("/v1/extractions", json={"text": SECRET})
    assert response.status_code == 500
    assert response.mimetype == "application/problem+json"
    assert response.get_json()["type"] == "/problems/internal-error"
    assert "Traceback" not in response.get_data(as_text=True)
    err = capsys.readouterr().err
    assert SECRET not in err + response.get_data(as_text=True)
    event = json.loads(err.splitlines()[0])
    assert "RuntimeError" in event["message"]
    assert "extractions.py" in event["message"]  # where it happened
    assert event["request_id"] == response.headers["X-Request-Id"]
