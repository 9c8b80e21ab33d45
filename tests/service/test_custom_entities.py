"""Names that come with a request, through HTTP: what is taken, what is refused and why, hostile sizes."""

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from jobstore.settings import StoreSettings
from service.app import create_app
from service.config import Config
from tests.service.driver import Driver

GARAM = {"surface": ["가람봇", "GaramBot"], "canonical": "가람봇", "type": "product"}


@pytest.fixture(scope="module")
def roomy(own_redis_url: str) -> Iterator[FlaskClient]:
    """With the limits that the service has unless it is set otherwise."""
    with create_app(Config(StoreSettings(own_redis_url), log_level="error")).test_client() as client:
        yield client


def post(client: FlaskClient, **options: Any) -> TestResponse:
    body = {"text": "가", "options": options}
    return client.post("/v1/extractions", data=json.dumps(body), content_type="application/json")


def errors(response: TestResponse) -> set[tuple[str, str]]:
    assert (response.status_code, response.mimetype) == (422, "application/problem+json"), response.get_data(as_text=True)
    return {(error["field"], error["code"]) for error in response.get_json()["errors"]}


def test_workers_get_them_composed_and_complete(client: FlaskClient, driver: Driver) -> None:
    name = unicodedata.normalize("NFD", "가람봇")
    response = post(client, entities=[{"surface": [name, "GB"], "type": "product"}], ignore=[unicodedata.normalize("NFD", "서울")])
    _, request = driver.start(response.get_json()["id"])
    assert request["options"]["entities"] == [{"surface": ["가람봇", "GB"], "canonical": "가람봇", "type": "product"}]
    assert request["options"]["ignore"] == ["서울"]


def test_plain_text_may_name_what_to_ignore(client: FlaskClient, driver: Driver) -> None:
    path = "/v1/extractions?ignore=a,b&min_entity_score=0.5"
    response = client.post(path, data="가", content_type="text/plain")
    _, request = driver.start(response.get_json()["id"])
    assert (request["options"]["ignore"], request["options"]["min_entity_score"]) == (["a", "b"], 0.5)


def test_plain_text_cannot_hold_entities(client: FlaskClient) -> None:
    assert ("entities", "unknown") in errors(client.post("/v1/extractions?entities=a", data="가", content_type="text/plain"))


ENTITIES: list[tuple[Any, str, str]] = [
    ({}, "", "invalid"),
    ("가람봇", "", "invalid"),
    (None, "", "null"),
    ([5], "[0]", "invalid"),
    ([None], "[0]", "null"),
    ([{}], "[0].surface", "missing"),
    ([{"surface": ["a"]}], "[0].type", "missing"),
    ([{"surface": "a", "type": "law"}], "[0].surface", "invalid"),
    ([{"surface": [], "type": "law"}], "[0].surface", "blank"),
    ([{"surface": [1], "type": "law"}], "[0].surface[0]", "invalid"),
    ([{"surface": [None], "type": "law"}], "[0].surface[0]", "null"),
    ([{"surface": [["a"]], "type": "law"}], "[0].surface[0]", "invalid"),
    ([{"surface": ["a", ""], "type": "law"}], "[0].surface[1]", "blank"),
    ([{"surface": ["\u200b \u3000"], "type": "law"}], "[0].surface[0]", "blank"),
    ([{"surface": [" a"], "type": "law"}], "[0].surface[0]", "edges"),
    ([{"surface": ["a\nb"], "type": "law"}], "[0].surface[0]", "invisible"),
    ([{"surface": ["a\u200bb"], "type": "law"}], "[0].surface[0]", "invisible"),
    ([{"surface": ["a\ud800"], "type": "law"}], "[0].surface[0]", "surrogate"),
    ([{"surface": ["a" * 101], "type": "law"}], "[0].surface[0]", "too_long"),
    ([{"surface": ["a"] * 201, "type": "law"}], "[0].surface", "too_long"),
    ([{"surface": ["a"], "type": "thing"}], "[0].type", "unsupported"),
    ([{"surface": ["a"], "type": ["law"]}], "[0].type", "invalid"),
    ([{"surface": ["a"], "type": "law", "canonical": ""}], "[0].canonical", "blank"),
    ([{"surface": ["a"], "type": "law", "canonical": 1}], "[0].canonical", "invalid"),
    ([{"surface": ["a"], "type": "law", "score": 1}], "[0].score", "unknown"),
    ([{"surface": ["a", "b", "a"], "type": "law"}], "[0].surface[2]", "duplicate"),
    ([GARAM, GARAM], "[1].surface[0]", "duplicate"),
    ([GARAM, GARAM | {"type": "law"}], "[1].surface[1]", "conflict"),
    ([GARAM, {"surface": ["b", "GaramBot"], "type": "product"}], "[1].surface[1]", "conflict"),
    ([{"surface": ["\uac00", "\u1100\u1161"], "type": "law"}], "[0].surface[1]", "duplicate"),
]


@pytest.mark.parametrize(("entities", "field", "code"), ENTITIES, ids=lambda value: json.dumps(value)[:50])
def test_refused_entities(entities: Any, field: str, code: str, client: FlaskClient) -> None:
    assert (f"options.entities{field}", code) in errors(post(client, entities=entities))


IGNORED: list[tuple[Any, str, str]] = [
    ("a", "", "invalid"),
    ([1], "[0]", "invalid"),
    (["a", ""], "[1]", "blank"),
    (["a", "a"], "[1]", "duplicate"),
    (["\uac00", "\u1100\u1161"], "[1]", "duplicate"),
    (["a" * 101], "[0]", "too_long"),
    (["x", "GaramBot"], "[1]", "conflict"),
]


@pytest.mark.parametrize(("ignored", "field", "code"), IGNORED, ids=lambda value: json.dumps(value)[:50])
def test_refused_names_to_ignore(ignored: Any, field: str, code: str, client: FlaskClient) -> None:
    assert (f"options.ignore{field}", code) in errors(post(client, entities=[GARAM], ignore=ignored))


@pytest.mark.parametrize("score", [-0.1, 1.1, "1", True, None])
def test_refused_scores(score: Any, client: FlaskClient) -> None:
    assert {field for field, _ in errors(post(client, min_entity_score=score))} == {"options.min_entity_score"}


def entities(n: int, surfaces: int = 1) -> list[dict[str, Any]]:
    return [{"surface": [f"이름 {i}-{j}" for j in range(surfaces)], "type": "work"} for i in range(n)]


def test_as_many_as_there_may_be(roomy: FlaskClient, driver: Driver) -> None:
    response = post(roomy, entities=entities(10_000, 2), ignore=[f"이름{i}" for i in range(10_000)])
    assert response.status_code == 202
    _, request = driver.start(response.get_json()["id"])
    assert len(request["options"]["entities"]) == 10_000


@pytest.mark.parametrize(
    ("value", "count"),
    [
        (entities(10_001), 1),
        (entities(6_667, 3), 1),
        ([{"surface": ["같음"], "type": "work"}] * 10_000, 50),
        ([{"surface": ["a\u0000"], "type": "work"}] * 10_000, 50),
        ([{"surface": ["가" * 10_000], "type": "work"}] * 60, 50),
        ([0] * 10_000, 50),
        ([{str(i): i for i in range(100)}] * 1_000, 50),
    ],
    ids=["entities", "surfaces", "duplicates", "invisible", "long", "no objects", "unknown fields"],
)
def test_hostile_sizes_are_refused(value: list[Any], count: int, roomy: FlaskClient) -> None:
    response = post(roomy, entities=value)
    assert {field.split("[")[0] for field, _ in errors(response)} == {"options.entities"}
    assert len(response.get_json()["errors"]) == count
    assert len(response.get_data()) < 20_000


def test_hostile_lists_of_names_to_ignore(roomy: FlaskClient) -> None:
    assert errors(post(roomy, ignore=[f"{i}" for i in range(10_001)])) == {("options.ignore", "too_long")}
    assert ("options.ignore[1]", "duplicate") in errors(post(roomy, ignore=["a"] * 10_000))
