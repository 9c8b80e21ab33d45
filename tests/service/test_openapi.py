"""The specification: one source, valid, complete, and what is served."""

import json
from typing import Any

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from schemas.event import BatchEvent, ExtractionEvent
from schemas.extraction import ExtractionRequest
from schemas.job import Job
from schemas.problem import Problem
from schemas.problem_types import TYPES
from schemas.result import Result
from service import examples, openapi, webhook_description


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    loaded = yaml.safe_load(openapi.FILE.read_text("utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    methods = ("get", "post", "put", "patch", "delete")
    return [path[method] for path in document["paths"].values() for method in methods if method in path]


def test_file_is_what_is_served(client: FlaskClient, document: dict[str, Any]) -> None:
    served = client.get("/openapi.yaml")
    assert served.mimetype == "application/yaml"
    assert served.get_data(as_text=True) == openapi.FILE.read_text("utf-8"), "run: python -m service.openapi"
    assert client.get("/openapi.json").get_json() == document


def test_file_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_operation_is_described_and_every_answer_has_an_example(document: dict[str, Any]) -> None:
    for operation in operations(document):
        assert operation["summary"]
        assert operation["operationId"]
        for status, answer in operation["responses"].items():
            assert "X-Request-Id" in answer["headers"] or status == "304"
            for content in answer.get("content", {}).values():
                assert content["examples"]
            if int(status) >= 400:
                assert all(
                    f"/problems/{name}" in answer["description"] for name in answer["content"]["application/problem+json"]["examples"]
                )
                assert set(answer["content"]) == {"application/problem+json"}


def test_every_route_of_the_interface_is_described(app: Flask, document: dict[str, Any]) -> None:
    described = {path.replace("{", "<string:").replace("}", ">") for path in document["paths"]}
    assert {rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/v1/")} <= described


def test_korean_is_written_as_korean() -> None:
    assert examples.TEXT in openapi.FILE.read_text("utf-8")


def test_examples_fit_the_schemas() -> None:
    for request in examples.REQUESTS.values():
        assert ExtractionRequest().validate(request["value"]) == {}  # type: ignore[arg-type]
    for job in (examples.QUEUED, examples.SUCCEEDED, examples.FAILED):
        assert Job().validate(job) == {}
    assert Result().validate(examples.RESULT) == {}


def test_events_are_described(document: dict[str, Any]) -> None:
    assert ExtractionEvent().validate(webhook_description.EXTRACTION_EVENT) == {}
    assert BatchEvent().validate(webhook_description.BATCH_EVENT) == {}
    assert document["webhooks"].keys() == {"extractionEnded", "batchEnded"}
    for webhook in document["webhooks"].values():
        assert [each["name"] for each in webhook["post"]["parameters"]] == ["webhook-id", "webhook-timestamp", "webhook-signature"]


def test_offsets_of_the_example_are_right() -> None:
    def spans(value: Any) -> list[dict[str, Any]]:
        if isinstance(value, list):
            return [span for item in value for span in spans(item)]
        if isinstance(value, dict):
            return ([value] if "text" in value else []) + [span for item in value.values() for span in spans(item)]
        return []

    found = spans(examples.RESULT)
    assert len(found) > 5
    for span in found:
        assert examples.TEXT[span["start"] : span["end"]] == span["text"]


def test_examples_of_problems_fit_theirs(document: dict[str, Any]) -> None:
    assert set(document["components"]["examples"]) == set(TYPES)
    for example in document["components"]["examples"].values():
        assert Problem().validate(example["value"]) == {}


def test_unchanged_specification_is_not_sent_again(client: FlaskClient) -> None:
    for path in ("/openapi.yaml", "/openapi.json"):
        tag = client.get(path).headers["ETag"]
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_json_schema_refuses_what_the_service_refuses(document: dict[str, Any]) -> None:
    validator = OAS31Validator({**document, "$ref": "#/components/schemas/ExtractionRequest"})
    bad: list[dict[str, Any]] = [{}, {"text": 1}, {"text": "가", "a": 1}, {"text": "가", "document": {"a": 1}}]
    for body in [*bad, {"text": "가", "options": {"offset_unit": "bytes"}}]:
        assert not validator.is_valid(body), json.dumps(body)
    assert validator.is_valid({"text": "가", "document": {"id": None, "published_at": "2024-02-12"}, "options": {"include": ["claims"]}})
