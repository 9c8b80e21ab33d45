"""Claims: rows of the project's own sentences, the tables' examples, and what holds for any text."""

import json
import shutil
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.labels import AttributionStyle, ClaimType, Modality
from tests.detectors.pace import growth
from workers.annotations import Attribution, Claim
from workers.detectors import claims, sentences
from workers.detectors.claims import patterns
from workers.document import Document, Span, Token
from workers.model_card import ModelMismatch
from workers.morphology import Morphology
from workers.runtime import MODELS, tables

EXAMPLES = Path(__file__).parents[2] / "workers" / "training" / "examples"
TYPES: dict[str, list[str]] = tomllib.loads((EXAMPLES / "claim_types.toml").read_text("utf-8"))
SPANS: dict[str, Any] = tomllib.loads((EXAMPLES / "claim_spans.toml").read_text("utf-8"))
TABLES = tables(claims.TABLES)
LAYOUT = sentences.Lexicon.parse(tables(sentences.TABLES))


@pytest.fixture(scope="module")
def model() -> claims.Model:
    return claims.Model.load(MODELS / "claims", TABLES)


def read(morphology: Morphology, model: claims.Model, text: str, *said: Attribution) -> tuple[Claim, ...]:
    document = Document(text, sentences.detect(text, morphology.tokenize(text), LAYOUT))
    return claims.detect(document, (), (), (), said, model)


def texts(text: str, found: tuple[Claim, ...]) -> list[str]:
    return [text[c.span.start : c.span.end] for c in found]


@pytest.mark.parametrize(("text", "parts"), [*SPANS["coordinated"], *SPANS["stripped"]])
def test_clauses_are_split_and_markers_cut_off(morphology: Morphology, model: claims.Model, text: str, parts: list[str]) -> None:
    assert texts(text, read(morphology, model, text)) == parts


@pytest.mark.parametrize("text", SPANS["whole"])
def test_manner_sequence_and_adnominal_clauses_stay(morphology: Morphology, model: claims.Model, text: str) -> None:
    assert texts(text, read(morphology, model, text)) == [text.rstrip(".")]


@pytest.mark.parametrize(
    "text", ["📌 기초연금이 40만원으로 오른다.", "✅ 기초연금이 40만원으로 오른다 👍🏻", "⭐️ 기초연금이 40만원으로 오른다.⬇️"]
)
def test_emoji_around_a_claim_are_no_part_of_it(morphology: Morphology, model: claims.Model, text: str) -> None:
    assert texts(text, read(morphology, model, text)) == ["기초연금이 40만원으로 오른다"]


def test_a_sentence_that_tells_who_spoke_puts_nothing_forward(morphology: Morphology, model: claims.Model) -> None:
    text = "“물이 허리까지 찼다.” 나하은 위원장의 말이다."
    told = Attribution(Span(1, 11), Span(text.index("말"), text.index("말") + 3), AttributionStyle.DIRECT, "test", Span(14, 17))
    assert texts(text, read(morphology, model, text, told)) == ["물이 허리까지 찼다"]
    assert texts(text, read(morphology, model, text)) == ["물이 허리까지 찼다", "나하은 위원장의 말이다"]


@pytest.mark.parametrize("text", [*SPANS["nothing"], "영화를 찍게 된 계기는.", "이번 대책이 늦어진 이유가"])
def test_questions_and_bare_nouns_put_nothing_forward(morphology: Morphology, model: claims.Model, text: str) -> None:
    assert read(morphology, model, text) == ()


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, lines in TYPES.items() for line in lines])
def test_types_modality_and_negation(runtime_rows: dict[str, Claim], kind: str, line: str) -> None:
    text, _, marks = line.partition(" | ")
    found = runtime_rows[text]
    modality = next((mark for mark in marks.split() if mark in ("hedged", "hypothetical")), "asserted")
    assert (found.type, found.modality, found.negated) == (ClaimType(kind), Modality(modality), "negated" in marks.split())


@pytest.fixture(scope="module")
def runtime_rows(morphology: Morphology) -> dict[str, Claim]:
    """The last claim of every row, by the whole pipeline."""
    from workers.pipeline import extract
    from workers.runtime import load

    runtime = load(morphology)
    rows = (line.partition(" | ")[0] for lines in TYPES.values() for line in lines)
    return {text: extract(text, None, runtime)[1].claims[-1] for text in rows}


@pytest.mark.parametrize("name", sorted(TABLES["claim_markers"]))
def test_marker_patterns_match_their_examples_only(morphology: Morphology, name: str) -> None:
    row = TABLES["claim_markers"][name]
    found = patterns.index(patterns.parse(name, source) for source in row["patterns"])
    tokens = {e: morphology.tokenize(e) for e in row["examples"]}
    assert [e for e in row["examples"] if not _matches(tokens[e], found)] == []


@pytest.mark.parametrize("name", sorted(TABLES["claim_words"]))
def test_word_classes_match_their_examples(morphology: Morphology, model: claims.Model, name: str) -> None:
    for example in TABLES["claim_words"][name]["examples"]:
        assert any(name in model.lexicon.words.get(t.form, {}).get(t.tag, ()) for t in morphology.tokenize(example))


def test_reported_content_loses_its_frame_and_keeps_its_source(morphology: Morphology, model: claims.Model) -> None:
    text = "시장은 예산이 늘었고 빚은 줄었다고 밝혔다."
    said = Attribution(Span(4, 18), Span(20, 23), AttributionStyle.INDIRECT, "test", Span(0, 2))
    found = read(morphology, model, text, said)
    assert texts(text, found) == ["예산이 늘었고", "빚은 줄었다"]
    assert [c.attribution for c in found] == [said, said]


def test_a_clause_after_the_cue_is_a_claim_of_its_own(morphology: Morphology, model: claims.Model) -> None:
    text = "그는 예산이 부족하다면서 반대표를 던졌다."
    said = Attribution(Span(3, 11), Span(11, 13), AttributionStyle.INDIRECT, "test", Span(0, 1))
    assert texts(text, read(morphology, model, text, said)) == ["예산이 부족하다", "반대표를 던졌다"]


def test_nested_contents_keep_the_nearest_source(morphology: Morphology, model: claims.Model) -> None:
    text = "은행은 문을 닫았다고 밝혔다고 신문이 전했다."
    near = Attribution(Span(4, 10), Span(12, 15), AttributionStyle.INDIRECT, "near", Span(0, 2))
    far = Attribution(Span(0, 15), Span(21, 24), AttributionStyle.INDIRECT, "far", Span(17, 19))
    assert [c.attribution for c in read(morphology, model, text, near, far)] == [near]


def test_boilerplate_carries_no_claim(morphology: Morphology, model: claims.Model) -> None:
    text = "정부가 세금을 내렸다. 세율은 3%다.\n\n무단 전재 및 재배포를 금지합니다. ⓒ 한빛신문\n"
    assert texts(text, read(morphology, model, text)) == ["정부가 세금을 내렸다", "세율은 3%다"]


def test_reasons_are_readable_and_weighed(morphology: Morphology, model: claims.Model) -> None:
    (found,) = read(morphology, model, "정부는 예산을 늘려야 한다.")
    assert any(reason.feature.startswith("policy: ") and reason.weight > 0 for reason in found.reasons)
    assert all(reason.weight for reason in found.reasons)


def test_public_figures_rank_above_private_feelings(morphology: Morphology, model: claims.Model) -> None:
    (public,) = read(morphology, model, "국세청은 지난해 대기업 12곳에 세금 3천억 원을 추징했다.")
    (private,) = read(morphology, model, "이 노래는 정말 아름답다.")
    assert private.checkworthy < 0.2 < 0.6 < public.checkworthy


def test_a_model_of_other_weights_is_refused(tmp_path: Path) -> None:
    shutil.copytree(MODELS / "claims", tmp_path / "claims")
    card = json.loads((tmp_path / "claims" / "card.json").read_text("utf-8"))
    (tmp_path / "claims" / "card.json").write_text(json.dumps(card | {"features": "other"}), "utf-8")
    with pytest.raises(ModelMismatch, match="features"):
        claims.Model.load(tmp_path / "claims", TABLES)


WORDS = ["수출은 늘었고 ", "수입은 줄었다", "라고 ", "그는 ", "말했다", "그러나 ", "3%", "지만 "]
PIECES = [*WORDS, ". ", "“", "”", "\n", ", ", "?", "(", ")", "- "]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_claims_lie_in_their_sentences_in_order(morphology: Morphology, model: claims.Model, pieces: list[str]) -> None:
    text = "".join(pieces)
    document = Document(text, sentences.detect(text, morphology.tokenize(text), LAYOUT))
    found = claims.detect(document, (), (), (), (), model)
    end = 0
    for claim in found:
        assert end <= claim.span.start < claim.span.end
        assert any(s.span.contains(claim.span) for s in document.sentences)
        assert 0 <= claim.checkworthy <= 1
        end = claim.span.end


@pytest.mark.parametrize("unit", ["늘었고 ", "“", "(", "그러나 ", "다. ", ";"])
def test_hostile_text_is_read_to_its_end(morphology: Morphology, model: claims.Model, unit: str) -> None:
    text = unit * (20_000 // len(unit))
    document = Document(text, sentences.detect(text, morphology.tokenize(text), LAYOUT))
    claims.detect(document, (), (), (), (), model)


@pytest.mark.parametrize("piece", ["; ", "집; ", "다; ", "늘었고 ", "“", "(", "그러나 "])
def test_a_long_text_takes_no_longer_a_character(morphology: Morphology, model: claims.Model, piece: str) -> None:
    def prepare(text: str) -> Callable[[], object]:
        document = Document(text, sentences.detect(text, morphology.tokenize(text), LAYOUT))
        return lambda: claims.detect(document, (), (), (), (), model)

    assert growth(piece, prepare, 2) <= 2


def _matches(tokens: Sequence[Token], index: patterns.Index) -> list[patterns.Match]:
    firsts = [at for at, token in enumerate(tokens) if token.form in index]
    return patterns.matches([token.form for token in tokens], [token.tag for token in tokens], firsts, index)
