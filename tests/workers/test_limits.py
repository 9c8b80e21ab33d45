"""Limits: every example of the table."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from schemas.labels import Bound
from workers import limits

TABLE = tomllib.loads((Path(__file__).parents[2] / "workers" / "lexicons" / "limits.toml").read_text("utf-8"))
LIMITS = limits.Limits.parse(TABLE)


def at(example: str) -> limits.Limit | None:
    amount = re.search(r"\[(.*)\]", example)
    assert amount
    return LIMITS.at(re.sub(r"[\[\]]", "", example), amount.start(), amount.end() - 2)


@pytest.mark.parametrize(("row", "example"), [(row, example) for row in TABLE["limit"] for example in row["examples"]])
def test_examples(row: dict[str, Any], example: str) -> None:
    limit = at(example)
    assert limit is not None
    assert (limit.bound, limit.strict, limit.durations) == (Bound(row["bound"]), row.get("strict", False), row.get("durations", True))


@pytest.mark.parametrize("example", ["[30명]이 모였다", "[3시간] 걸렸다", "이상하게 [30명]만 왔다", "최대의 적은 [3명]이다"])
def test_no_limits(example: str) -> None:
    assert at(example) is None
