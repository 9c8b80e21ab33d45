"""Attribution: the corpus of rows, every example of the lexicons, hostile text, and the gold where it is at hand."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.labels import AttributionStyle, EntityType, Role
from workers.annotations import Attribution, Entity
from workers.detectors import attributions
from workers.detectors.attributions import quotations
from workers.document import Document, Sentence, Span
from workers.morphology import Morphology

LEXICONS = Path(attributions.__file__).parents[2] / "lexicons"
CORPUS = Path(__file__).parents[1] / "corpus" / "attributions.toml"
TABLES = {name: tomllib.loads((LEXICONS / f"{name}.toml").read_text("utf-8")) for name in attributions.TABLES}
OPENNESS: list[dict[str, Any]] = tomllib.loads(CORPUS.with_name("transparency.toml").read_text("utf-8"))["rows"]
ROWS: list[dict[str, Any]] = tomllib.loads(CORPUS.read_text("utf-8"))["rows"]
EXAMPLES: list[dict[str, Any]] = [*TABLES["reporting_verbs"]["verbs"], *TABLES["reporting_frames"]["nouns"]]


@pytest.fixture(scope="module")
def lexicon() -> attributions.Lexicon:
    return attributions.Lexicon.parse(TABLES)


def document(text: str, morphology: Morphology, role: Role = Role.BODY) -> Document:
    """The text as a document whose sentences `‖` parts."""
    parts = [part.strip() for part in text.split("‖")]
    whole = " ".join(parts)
    tokens = morphology.tokenize(whole)
    sentences, start = [], 0
    for part in parts:
        end = start + len(part)
        sentences.append(Sentence(start, end, role, tuple(t for t in tokens if start <= t.start < end)))
        start = end + 1
    return Document(whole, tuple(sentences))


def line(text: str, found: Attribution) -> str:
    def words(span: Span | None) -> str:
        return "-" if span is None else text[span.start : span.end]

    parts = [words(found.source), words(found.cue), words(found.content), found.style.value]
    return " | ".join(parts + ([f"via {words(found.via)}"] if found.via else []))


@pytest.mark.parametrize("row", ROWS, ids=[row["text"] for row in ROWS])
def test_row(row: dict[str, Any], morphology: Morphology, lexicon: attributions.Lexicon) -> None:
    read = document(row["text"], morphology)
    assert [line(read.text, a) for a in attributions.detect(read, (), lexicon)] == row["says"]


@pytest.mark.parametrize("row", OPENNESS, ids=[row["text"] for row in OPENNESS])
def test_how_openly_the_source_is_named(row: dict[str, Any], morphology: Morphology, lexicon: attributions.Lexicon) -> None:
    read = document(row["text"], morphology)
    assert [a.transparency.value for a in attributions.detect(read, (), lexicon)] == row["is"]


def test_a_determiner_is_a_surname_where_a_person_of_that_name_stands(morphology: Morphology, lexicon: attributions.Lexicon) -> None:
    read = document('한도윤 의원이 단상에 올랐다. ‖ 한 의원은 "예산이 모자란다"고 말했다.', morphology)
    person = Entity(EntityType.PERSON, "한도윤", (Span(0, 3),), 0.9, "test")
    for named, source in (((person,), "한"), ((), "한 의원")):
        (found,) = attributions.detect(read, named, lexicon)
        assert found.source is not None
        assert read.text[found.source.start : found.source.end] == source


def test_a_body_without_name_takes_the_one_named_before(morphology: Morphology, lexicon: attributions.Lexicon) -> None:
    read = document("다온시에 길이 생긴다. ‖ 시는 예산을 편성했다고 밝혔다.", morphology)
    town = Entity(EntityType.LOCATION, "다온시", (Span(0, 3),), 0.9, "test")
    assert [a.transparency.value for a in attributions.detect(read, (town,), lexicon)] == ["named"]
    assert [a.transparency.value for a in attributions.detect(read, (), lexicon)] == ["anonymous"]


@pytest.mark.parametrize("row", EXAMPLES, ids=[row.get("lemma") or row["form"] for row in EXAMPLES])
def test_every_entry_reads_its_example(row: dict[str, Any], morphology: Morphology, lexicon: attributions.Lexicon) -> None:
    text = row["example"]
    (found,) = attributions.detect(document(text, morphology), (), lexicon)
    assert text[found.content.start : found.content.end] == row["content"]
    assert (text[found.source.start : found.source.end] if found.source else None) == row.get("source")
    if "style" in row:
        assert found.style == AttributionStyle(row["style"])


def test_the_tables_are_large_and_state_nothing_twice() -> None:
    lemmas = [row["lemma"] for row in TABLES["reporting_verbs"]["verbs"]]
    assert len(lemmas) >= 250
    assert len(lemmas) == len(set(lemmas))
    assert len(ROWS) >= 300
    forms = [row["form"] for row in TABLES["reporting_frames"]["nouns"]]
    assert len(forms) == len(set(forms))


def test_a_named_person_is_the_source_without_his_title(morphology: Morphology, lexicon: attributions.Lexicon) -> None:
    text = "한빛대 응용과학부 유하린 석좌교수는 물이 마른다고 말했다."
    start = text.index("유하린")
    person = Entity(EntityType.PERSON, "유하린", (Span(start, start + 3),), 0.9, "test")
    (found,) = attributions.detect(document(text, morphology), (person,), lexicon)
    assert found.source == person.mentions[0]


def test_two_named_persons_are_one_source(morphology: Morphology, lexicon: attributions.Lexicon) -> None:
    text = "박지현·이도윤 공동대표는 값을 내리겠다고 말했다."
    people = [Entity(EntityType.PERSON, text[a:b], (Span(a, b),), 0.9, "test") for a, b in ((0, 3), (4, 7))]
    (found,) = attributions.detect(document(text, morphology), tuple(people), lexicon)
    assert found.source == Span(0, 7)


def test_boilerplate_carries_none(morphology: Morphology, lexicon: attributions.Lexicon) -> None:
    assert attributions.detect(document("시청은 길을 넓힌다고 밝혔다.", morphology, Role.BOILERPLATE), (), lexicon) == ()


def test_unnamed_hearsay_is_hedged(morphology: Morphology, lexicon: attributions.Lexicon) -> None:
    (found,) = attributions.detect(document("두 회사가 합친다는 소문이 돈다.", morphology), (), lexicon)
    assert found.hedged
    assert found.source is None


def test_headings(morphology: Morphology, lexicon: attributions.Lexicon) -> None:
    def read(text: str) -> list[str]:
        return [line(text, a) for a in attributions.detect(document(text, morphology, Role.HEADING), (), lexicon)]

    assert read("부품 공급 차질 우려") == ["- | 우려 | 부품 공급 차질 | indirect"]
    assert read("정하람 대표 “값 절반으로 낮춘다”") == ["정하람 | “ | 값 절반으로 낮춘다 | direct"]
    assert read("새로 문을 연 ‘책의 집’") == []


def test_a_heading_parts_who_is_carried_on(morphology: Morphology, lexicon: attributions.Lexicon) -> None:
    text = "정하람 대표는 값을 낮춘다고 말했다. 다음 장 이어 물량도 늘린다고 말했다."
    tokens = morphology.tokenize(text)
    ends = [text.index(" 다음"), text.index(" 이어"), len(text)]
    starts = [0, ends[0] + 1, ends[1] + 1]
    roles = [Role.BODY, Role.HEADING, Role.BODY]
    read = Document(
        text,
        tuple(Sentence(s, e, r, tuple(t for t in tokens if s <= t.start < e)) for s, e, r in zip(starts, ends, roles, strict=True)),
    )
    assert [a.source is None for a in attributions.detect(read, (), lexicon)] == [False, True]


@pytest.mark.parametrize(
    "marks",
    [('"', '"'), ("“", "”"), ('"', "”"), ("“", '"'), ("'", "'"), ("‘", "’"), ("'", "’"), ("「", "」"), ("『", "』"), ("«", "»")],
    ids="".join,
)
def test_quotation_marks(marks: tuple[str, str], morphology: Morphology, lexicon: attributions.Lexicon) -> None:
    text = f"정하람 대표는 {marks[0]}아직 멀었다{marks[1]}고 말했다."
    (found,) = attributions.detect(document(text, morphology), (), lexicon)
    assert line(text, found) == "정하람 | 말했다 | 아직 멀었다 | direct"


@pytest.mark.parametrize(
    "text", ['정하람 대표는 "아직 멀었다고 말했다.', "정하람 대표는 아직 멀었다”고 말했다.", "정하람 대표는 ‘‘아직 멀었다고 말했다."]
)
def test_stray_marks_do_no_harm(text: str, morphology: Morphology, lexicon: attributions.Lexicon) -> None:
    (found,) = attributions.detect(document(text, morphology), (), lexicon)
    assert found.source is not None
    assert text[found.source.start : found.source.end] == "정하람"


HOSTILE = ['"', "“", "”", "'", "(", ")", "「", '"가"', "다고 ", "라며 ", "다는 ", "은 ", "에 따르면 ", "것으로 ", "말했다고 "]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_is_read(piece: str, morphology: Morphology, lexicon: attributions.Lexicon) -> None:
    text = piece * (20_000 // len(piece))
    attributions.detect(document(text, morphology), (), lexicon)


def test_pairs_are_found_in_one_pass_over_many_marks() -> None:
    text = '"“”' * 50_000
    assert quotations.pairs(text, list(range(len(text))))


_PIECES = st.sampled_from(
    [
        "시청은 ",
        "김 교수가 ",
        "그는 ",
        '"',
        "”",
        "“",
        "'",
        "길을 넓힌다",
        "고 ",
        "라며 ",
        "다는 ",
        "우려가 ",
        "나온다",
        "밝혔다",
        ".",
        "것으로 ",
        "알려졌다",
        "(",
        ")",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_PIECES, max_size=20))
def test_spans_lie_in_their_text(pieces: list[str]) -> None:
    text = "".join(pieces)
    read = document(text.replace("‖", ""), _morphology())
    for found in attributions.detect(read, (), attributions.Lexicon.parse(TABLES)):
        for span in (found.content, found.cue, found.source, found.via):
            assert span is None or 0 <= span.start < span.end <= len(read.text)


_LOADED: list[Morphology] = []


def _morphology() -> Morphology:
    return _LOADED[0]


@pytest.fixture(autouse=True)
def _load(morphology: Morphology) -> None:
    _LOADED[:] = [morphology]
