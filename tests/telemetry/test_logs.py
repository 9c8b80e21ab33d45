"""One line, one JSON object, and no text of anybody's."""

import json
import logging
from typing import Any

from telemetry import logs

SECRET = "이글은아무도읽지않는다"


def line(**extra: Any) -> dict[str, Any]:
    record = logging.LogRecord("jujang.worker", logging.WARNING, __file__, 1, "job %s", ("j-1",), None)
    record.__dict__.update(extra)
    written = logs.JsonLines().format(record)
    assert "\n" not in written
    loaded: dict[str, Any] = json.loads(written)
    return loaded


def test_a_line_says_when_how_bad_who_and_what() -> None:
    told = line()
    assert (told["level"], told["logger"], told["event"], told["message"]) == ("warning", "jujang.worker", "log", "job j-1")
    assert told["time"].endswith("+00:00")


def test_facts_stand_beside_what_is_bound() -> None:
    with logs.bound(request_id="r-1", job_id="j-1", trace_id=""):
        told = line(event="job", facts={"ms": 3})
        with logs.bound(job_id="j-2"):
            assert line()["job_id"] == "j-2"
        assert line()["job_id"] == "j-1"
    assert (told["event"], told["request_id"], told["job_id"], told["ms"]) == ("job", "r-1", "j-1", 3)
    assert "trace_id" not in told
    assert "job_id" not in line()


def test_an_exception_gives_type_and_place_but_not_its_message() -> None:
    try:
        raise ValueError(f"cannot read {SECRET}")
    except ValueError as error:
        told = line(exc_info=(ValueError, error, error.__traceback__))
    assert told["error"] == "ValueError"
    assert "test_logs.py" in told["at"][-1]
    assert SECRET not in json.dumps(told, ensure_ascii=False)


def test_line_breaks_stay_inside_the_line() -> None:
    assert line(facts={"message": "a\nb\u2028c"})["message"] == "a\nb\u2028c"
