"""Fields of the wire: what they take, what they refuse and how they say so."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from schemas.extraction import ExtractionRequest
from schemas.fields import Day, Instant, StrictSchema, Text, Whole
from schemas.labels import LAYERS
from schemas.result import Result
from schemas.validators import Message, WebAddress


class Dated(StrictSchema):
    day = Day()
    text = Text()


def day(value: Any) -> Any:
    return Day().deserialize(value)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2024-02-12", "2024-02-12"),
        ("2024-02-29", "2024-02-29"),
        ("0001-01-01", "0001-01-01"),
        ("2024-02-12T23:59:59", "2024-02-12"),  # without an offset: as it is written
        ("2024-02-12T23:59", "2024-02-12"),
        ("2024-02-12T00:10:00+09:00", "2024-02-12"),
        ("2024-02-11T15:00:00Z", "2024-02-12"),  # midnight in Korea
        ("2024-02-11T14:59:59Z", "2024-02-11"),
        ("2024-02-11t15:00:00z", "2024-02-12"),
        ("2024-02-11 15:00:00.123456+00:00", "2024-02-12"),
        ("2024-02-12T08:00:00-05:00", "2024-02-12"),
        ("2024-02-12T10:00:00-0500", "2024-02-13"),
    ],
)
def test_days(sent: str, kept: str) -> None:
    assert day(sent) == kept


NO_DAYS = ["", "2024", "2024-02", "2024-2-1", "24-02-12", "2024/02/12", "2024-02-30", "2024-02-12T", "2024-02-12T24:01", " 2024-02-12", 1]


@pytest.mark.parametrize("sent", NO_DAYS)
def test_no_days(sent: Any) -> None:
    with pytest.raises(ValidationError):
        day(sent)


@given(st.dates())
def test_every_day_is_itself(value: Any) -> None:
    assert day(value.isoformat()) == value.isoformat()


@given(st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_every_instant_is_the_day_it_is_in_korea(value: datetime, offset: int) -> None:
    moment = value.replace(tzinfo=timezone(timedelta(minutes=offset)))
    assert day(moment.isoformat()) == moment.astimezone(timezone(timedelta(hours=9))).date().isoformat()


@given(st.text() | st.from_regex(r"\A\d{4}-\d\d-\d\d(T\d\d:\d\d(Z|[+-]\d\d:\d\d))?\Z"))
def test_any_string_is_a_day_or_refused_with_a_code(value: str) -> None:
    errors = Dated().validate({"day": value})
    assert all(isinstance(message, Message) for message in errors.get("day", []))
    assert errors or len(day(value)) == len("2024-02-12")


def test_instants_are_written_in_utc() -> None:
    class Moment(StrictSchema):
        at = Instant()

    seoul = datetime(2024, 2, 12, 9, 0, 0, 1_500, tzinfo=timezone(timedelta(hours=9)))
    assert Moment().dump({"at": seoul}) == {"at": "2024-02-12T00:00:00.001Z"}
    assert Moment().dump({"at": datetime(2024, 2, 12, tzinfo=UTC)}) == {"at": "2024-02-12T00:00:00.000Z"}


@pytest.mark.parametrize("value", ["1", True, 1.0, -1, None, [1]])
def test_whole_numbers_are_no_strings_and_no_booleans(value: Any) -> None:
    with pytest.raises(ValidationError):
        Whole().deserialize(value)


@pytest.mark.parametrize("value", [b"bytes", 1, True, [], {}])
def test_texts_are_strings(value: Any) -> None:
    with pytest.raises(ValidationError):
        Text().deserialize(value)


@given(st.text(st.characters()))
def test_texts_can_be_written(value: str) -> None:
    halves = any("\ud800" <= character <= "\udfff" for character in value)
    assert bool(Dated().validate({"text": value})) == halves


@pytest.mark.parametrize("address", ["https://example.org", "http://example.org:81/뉴스?a=b#c", "https://예시.한국/a"])
def test_web_addresses(address: str) -> None:
    assert WebAddress()(address) == address


@pytest.mark.parametrize(
    "address", ["", "example.org", "ftp://example.org", "https://", "https:///path", "http://[", "javascript:1", "http://a\n.kr"]
)
def test_no_web_addresses(address: str) -> None:
    with pytest.raises(ValidationError):
        WebAddress()(address)


def test_request_is_loaded_with_all_its_defaults() -> None:
    loaded = ExtractionRequest().load({"text": "가"})
    assert loaded["options"]["include"] == list(LAYERS)
    loaded["options"]["include"].clear()  # each has its own
    assert ExtractionRequest().load({"text": "가"})["options"]["include"] == list(LAYERS)


def test_layers_are_those_of_the_result() -> None:
    assert set(LAYERS) == set(Result().fields) - {"document", "offset_unit", "engine"}


def test_every_message_of_the_request_has_a_code() -> None:
    def leaves(messages: Any) -> list[Any]:
        if isinstance(messages, dict):
            return [leaf for inner in messages.values() for leaf in leaves(inner)]
        return list(messages)

    bad = {
        "text": "",
        "document": {"id": "", "url": 1, "x": 1},
        "options": {"include": [1, "x"], "min_checkworthiness": 2},
        "callback_url": 5,
    }
    found = leaves(ExtractionRequest().validate(bad))
    assert len(found) == 8
    assert all(isinstance(message, Message) for message in found)
