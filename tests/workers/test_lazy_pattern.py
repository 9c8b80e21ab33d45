"""A pattern that is compiled at its first use behaves as one that was compiled before."""

import re

import pytest

from workers.lazy_pattern import LazyPattern


def test_it_is_compiled_once_and_when_first_used(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    compile_ = re.compile

    def noted(source: str) -> re.Pattern[str]:
        compiled.append(source)
        return compile_(source)

    monkeypatch.setattr(re, "compile", noted)
    pattern = LazyPattern("[가-힣]+")
    assert not compiled
    assert pattern.match("서울 1", 0)
    assert not pattern.match("1 서울", 0)
    assert pattern.search("1 서울")
    assert compiled == ["[가-힣]+"]


def test_positions_bound_it_as_they_bound_res() -> None:
    assert (found := LazyPattern("나다").search("가나다나다", 2))
    assert found.span() == (3, 5)
    assert not LazyPattern("나다$").search("가나다라", 0, 2)


def test_a_malformed_one_says_so_at_its_first_use() -> None:
    pattern = LazyPattern("(")
    with pytest.raises(re.error):
        pattern.match("")


def test_nothing_else_is_there() -> None:
    with pytest.raises(AttributeError):
        LazyPattern("a").sub  # noqa: B018
