"""Offsets in the unit that the client's language counts in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.labels import OffsetUnit
from workers.document import Span
from workers.normalize import NormalizedText, normalize
from workers.offsets import Offsets


@pytest.mark.parametrize(
    ("unit", "start", "end"),
    [(OffsetUnit.CODE_POINT, 3, 6), (OffsetUnit.UTF16, 4, 7), (OffsetUnit.UTF8, 8, 15)],
)
def test_units(unit: OffsetUnit, start: int, end: int) -> None:
    text = "👍약 6조원"
    assert Offsets(text, NormalizedText(text), unit).place(Span(3, 6)) == (start, end, "6조원")


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.data())
def test_the_offsets_cut_the_same_text_in_every_unit(text: str, data: st.DataObject) -> None:
    normalized = normalize(text)
    if not normalized.text:
        return
    start = data.draw(st.integers(0, len(normalized.text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(normalized.text))))
    a, b, expected = Offsets(text, normalized, OffsetUnit.CODE_POINT).place(span)
    assert text[a:b] == expected
    a, b, cut = Offsets(text, normalized, OffsetUnit.UTF8).place(span)
    assert text.encode()[a:b].decode() == cut == expected
    a, b, cut = Offsets(text, normalized, OffsetUnit.UTF16).place(span)
    assert text.encode("utf-16-le")[2 * a : 2 * b].decode("utf-16-le") == cut == expected
