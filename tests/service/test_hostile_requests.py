"""Requests that must be refused: the right status, the right type, the right field, and nothing of the text in the answer."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from schemas.problem import Problem
from service.problems import MAX_ERRORS

ROWS: list[dict[str, Any]] = tomllib.loads((Path(__file__).parents[1] / "corpus" / "hostile_requests.toml").read_text("utf-8"))["request"]


def send(client: FlaskClient, row: dict[str, Any]) -> TestResponse:
    data = bytes.fromhex(row["body_hex"]) if "body_hex" in row else row.get("body", "").encode()
    return client.open(
        row.get("path", "/v1/extractions"),
        method=row.get("method", "POST"),
        data=data,
        content_type=row.get("content_type", "application/json") or None,
        headers=row.get("headers", {}),
    )


def refused(response: TestResponse, status: int, name: str) -> dict[str, Any]:
    assert (response.status_code, response.mimetype) == (status, "application/problem+json"), response.get_data(as_text=True)
    body = response.get_json()
    assert Problem().validate(body) == {}
    assert body["type"] == f"/problems/{name}"
    assert body["status"] == status
    assert response.headers["X-Request-Id"]
    assert isinstance(body, dict)
    return body


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_refused(client: FlaskClient, row: dict[str, Any]) -> None:
    body = refused(send(client, row), row["status"], row["type"])
    if "code" in row:
        codes = {(error["field"], error["code"]) for error in body["errors"]}
        assert (row.get("field", ""), row["code"]) in codes
    assert "물가" not in json.dumps(body, ensure_ascii=False)


def test_corpus_is_large_and_every_row_is_another() -> None:
    assert len(ROWS) >= 200
    assert len({row["name"] for row in ROWS}) == len(ROWS)


def post(client: FlaskClient, body: Any) -> TestResponse:
    return client.post("/v1/extractions", data=json.dumps(body), content_type="application/json")


def test_405_says_what_is_allowed(client: FlaskClient) -> None:
    assert set(client.put("/v1/extractions").headers["Allow"].split(", ")) == {"OPTIONS", "POST"}
    options = client.options("/v1/extractions")
    assert (options.status_code, set(options.headers["Allow"].split(", "))) == (200, {"OPTIONS", "POST"})
    assert "Content-Type" not in options.headers


def test_415_says_what_is_accepted(client: FlaskClient) -> None:
    assert "application/json" in client.post("/v1/extractions", data="x", content_type="a/b").headers["Accept"]


def test_syntax_errors_say_where(client: FlaskClient) -> None:
    response = client.post("/v1/extractions", data='{\n  "text": "가" "나"}', content_type="application/json")
    (error,) = refused(response, 400, "invalid-json")["errors"]
    assert (error["line"], error["column"]) == (2, 15)


def test_unknown_fields_say_which_there_are(client: FlaskClient) -> None:
    (error,) = refused(post(client, {"text": "가", "document": {"author": ""}}), 422, "invalid-field")["errors"]
    assert "id, title, published_at, source, url" in error["message"]


def test_all_that_is_wrong_is_told_at_once(client: FlaskClient) -> None:
    body = {"text": 1, "document": {"id": 2, "published_at": "x"}, "options": {"include": ["a"], "b": 1}, "c": 1}
    errors = refused(post(client, body), 422, "invalid-field")["errors"]
    assert {error["field"] for error in errors} == {
        "text",
        "document.id",
        "document.published_at",
        "options.include[0]",
        "options.b",
        "c",
    }


def test_not_more_errors_than_one_reads(client: FlaskClient) -> None:
    body = refused(post(client, {f"field{i}": i for i in range(1000)}), 422, "invalid-field")
    assert len(body["errors"]) == MAX_ERRORS
    assert len(json.dumps(body)) < 20_000


def test_many_unknown_fields_in_the_document(client: FlaskClient) -> None:
    body = refused(post(client, {"text": "가", "document": {f"{i}": 0 for i in range(5_000)}}), 422, "invalid-field")
    assert body["errors"][0]["field"].startswith("document.")
    assert "id, title" in body["errors"][0]["message"]


def test_many_layers(client: FlaskClient) -> None:
    (error,) = refused(post(client, {"text": "가", "options": {"include": [0] * 10_000}}), 422, "invalid-field")["errors"]
    assert (error["field"], error["code"]) == ("options.include", "too_long")


def test_long_names_are_cut(client: FlaskClient) -> None:
    (error, _) = refused(post(client, {"n" * 50_000: 1}), 422, "invalid-field")["errors"][::-1][:2]
    assert len(error["field"]) <= 200


@pytest.mark.parametrize("body", ["[" * 9_000, '{"a":' * 9_000, '{"text":"가","document":' + "[" * 9_000])
def test_deep_nesting(client: FlaskClient, body: str) -> None:
    response = client.post("/v1/extractions", data=body, content_type="application/json")
    assert refused(response, 400, "invalid-json")["errors"][0]["code"] == "too_deep"


def test_number_of_many_digits(client: FlaskClient) -> None:
    response = client.post("/v1/extractions", data='{"text":' + "9" * 50_000 + "}", content_type="application/json")
    assert refused(response, 400, "invalid-json")["errors"][0]["code"] == "too_long"


def test_text_of_too_many_characters(client: FlaskClient) -> None:
    assert post(client, {"text": "가" * 10_000}).status_code == 202
    (error,) = refused(post(client, {"text": "가" * 10_001}), 422, "invalid-field")["errors"]
    assert (error["field"], error["code"]) == ("text", "too_long")
    assert "10001" in error["message"]
    assert "10000" in error["message"]


def test_characters_are_counted_not_bytes(client: FlaskClient) -> None:
    text = "\U0001f680" * 10_000
    response = client.post("/v1/extractions", data=json.dumps({"text": text}, ensure_ascii=False).encode(), content_type="application/json")
    assert response.status_code == 202


@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
def test_body_of_too_many_bytes(client: FlaskClient, content_type: str) -> None:
    response = client.post("/v1/extractions", data=b"a" * 100_001, content_type=content_type)
    refused(response, 413, "body-too-large")
    assert response.headers["Connection"] == "close"


@pytest.mark.parametrize("field", ["id", "title", "source", "url"])
def test_too_long_fields(client: FlaskClient, field: str) -> None:
    (error,) = refused(post(client, {"text": "가", "document": {field: "https://a.kr/" + "b" * 3000}}), 422, "invalid-field")["errors"]
    assert (error["field"], error["code"]) == (f"document.{field}", "too_long")


def test_byte_order_mark_before_json_is_no_harm(client: FlaskClient) -> None:
    assert client.post("/v1/extractions", data='\ufeff{"text": "가"}'.encode(), content_type="application/json").status_code == 202


NAMES = st.text() | st.sampled_from(["text", "document", "options", "id"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_taken_or_refused(client: FlaskClient, value: Any) -> None:
    response = post(client, value)
    if response.status_code != 202:
        refused(response, 422, "invalid-field")


@given(st.binary(max_size=300), st.sampled_from(["application/json", "text/plain"]))
def test_any_bytes_are_taken_or_refused(client: FlaskClient, body: bytes, content_type: str) -> None:
    response = client.post("/v1/extractions", data=body, content_type=content_type)
    assert response.status_code in (202, 400, 422)


@given(
    st.dictionaries(
        st.sampled_from(["Prefer", "Accept", "Content-Type", "If-None-Match", "X-Request-Id", "Content-Encoding"]),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40),
    )
)
def test_any_headers_are_taken_or_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    if "wait" not in headers.get("Prefer", ""):
        response = client.post("/v1/extractions", data='{"text": "가"}', headers=headers)
        assert response.status_code in (202, 415)
