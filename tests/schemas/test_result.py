"""The result's schema takes what the contract shows, and nothing else."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from schemas.result import Result
from service.examples import RESULT

Change = Callable[[dict[str, Any]], object]


def changed(change: Change) -> dict[str, Any]:
    result = copy.deepcopy(RESULT)
    change(result)
    return result


@pytest.mark.parametrize(
    "change",
    [
        lambda result: None,
        lambda result: result.pop("sentences"),  # options.include leaves it out
        lambda result: result["document"].update(id=None, published_at=None, title="제목", source="한빛일보", url="https://example.org"),
        lambda result: result["claims"][0].update(attribution=None),
        lambda result: result["claims"][0]["attribution"].update(source=None),
        lambda result: result["claims"][0]["attribution"].update(via={"start": 0, "end": 3, "text": "새빛시", "entity": None}),
        lambda result: result["numbers"][0].update(value=None, low="5000000000000", high="7000000000000", approx=True),
        lambda result: result["numbers"][0].update(value=None, low=None, high="7"),
        lambda result: result["numbers"][0].update(bound="max", same_as="n2", unit=None),
        lambda result: result["numbers"][0].update(value="-0.05"),
        lambda result: result["numbers"][0].update(of={"start": 12, "end": 15, "text": "출생아"}),
        lambda result: result["numbers"][0].update(si={"value": "264.462809917355", "low": None, "high": None, "unit": "m2"}),
        lambda result: result["numbers"][0].update(si={"value": None, "low": "1000", "high": "2000", "unit": "m"}),
        lambda result: result["times"][0].update(mod="END"),
        lambda result: result["engine"].update(elapsed_ms=0.5, models={}),
    ],
)
def test_taken(change: Change) -> None:
    assert Result().validate(changed(change)) == {}


@pytest.mark.parametrize(
    "change",
    [
        lambda result: result.pop("document"),
        lambda result: result.pop("engine"),
        lambda result: result.update(offset_unit="bytes"),
        lambda result: result.update(extra=1),
        lambda result: result["document"].update(published_at="2024-2-1"),
        lambda result: result["document"].update(sha256="abc"),
        lambda result: result["document"].pop("title"),
        lambda result: result["sentences"][0].update(role="prose"),
        lambda result: result["sentences"][0].update(text="…"),
        lambda result: result["sentences"][0].update(end=0),
        lambda result: result["claims"][0].update(type="none"),
        lambda result: result["claims"][0].update(checkworthy=1.1),
        lambda result: result["claims"][0].update(numbers=["t1"]),
        lambda result: result["claims"][0].update(numbers=["n1", "n1"]),
        lambda result: result["claims"][0].update(negated=0),
        lambda result: result["claims"][0].pop("attribution"),
        lambda result: result["claims"][0]["reasons"][0].update(weight="1"),
        lambda result: result["claims"][0]["attribution"].pop("source"),
        lambda result: result["claims"][0]["attribution"].update(style="quoted"),
        lambda result: result["claims"][0]["attribution"].update(cue=None),
        lambda result: result["numbers"][0].update(value=1240),
        lambda result: result["numbers"][0].update(value="1,240"),
        lambda result: result["numbers"][0].update(value="1e3"),
        lambda result: result["numbers"][0].update(value="01"),
        lambda result: result["numbers"][0].update(value=None),
        lambda result: result["numbers"][0].update(low="1"),
        lambda result: result["numbers"][0].pop("same_as"),
        lambda result: result["numbers"][0].update(si={"value": "1", "low": "1", "high": None, "unit": "m"}),
        lambda result: result["numbers"][0].update(si={"value": "1", "low": None, "high": None}),
        lambda result: result["numbers"][0].update(start=9, end=9),
        lambda result: result["numbers"][0].update(id="n0"),
        lambda result: result["times"][0].update(type="date"),
        lambda result: result["times"][0].update(value=None),
        lambda result: result["entities"][0].update(type="ORG"),
        lambda result: result["entities"][0].update(score=None),
        lambda result: result["engine"].update(models={"ner": "md5:1"}),
    ],
)
def test_refused(change: Change) -> None:
    assert Result().validate(changed(change)) != {}
