"""What the claims model is trained on: annotations without their sentences, the project's own sentences, and words by their meaning."""

import json
import re

import numpy as np

from schemas.labels import ClaimType, Modality
from tests.shared_data import SHARED, needs_shared
from workers.detectors.claims.words import PLACES, UNKNOWN, Meanings, Words, closing, content
from workers.document import Columns
from workers.training.claim_rows import ANNOTATIONS, annotated, written_here

RAW = SHARED / "data" / "klue-ner" / "train-raw.tsv"
HANGUL = re.compile("[ㄱ-ㅎㅏ-ㅣ가-힣]")


def test_the_annotations_hold_no_text() -> None:
    assert not HANGUL.search(ANNOTATIONS.read_text("utf-8"))


@needs_shared
def test_every_annotation_lies_in_its_sentence_and_none_is_of_the_gold() -> None:
    gold = [json.loads(line) for line in (SHARED / "gold" / "claims_train.jsonl").read_text("utf-8").splitlines()]
    ids, texts = {row["id"] for row in gold}, {row["text"].strip() for row in gold}
    rows = list(annotated(RAW))
    assert len(rows) > 10_000
    for row in rows:
        assert row["id"] not in ids
        assert row["text"].strip() not in texts
        ends = [0]
        for claim in row["claims"]:
            assert ends[-1] <= claim["start"] < claim["end"] <= len(row["text"]), row["id"]
            ends.append(claim["end"])
            assert claim["type"] in set(ClaimType)
            assert claim["modality"] in set(Modality)
            assert claim["checkworthy"] in (0, 1, 2)


def test_own_sentences_have_claims_that_stand_in_them() -> None:
    rows = written_here()
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        for claim in row["claims"]:
            assert row["text"][claim["start"] : claim["end"]].strip(), row["text"]
            assert claim.get("type", "state") in set(ClaimType)


def test_a_meaning_is_kept_within_half_a_step() -> None:
    rows = np.random.default_rng(7).normal(size=(5, 3))
    rows[:, 1] = 0
    meanings = Meanings.rounded(["물가/NNG", "오르/VV", "크/VA", "못/MAG", "하/XSV"], rows)
    assert (np.abs(meanings.steps * meanings.scale - rows) <= np.abs(rows).max(axis=0) / 127 / 2 + 1e-9).all()


def test_words_are_summed_by_range_each_once_and_closing_words_by_place() -> None:
    kinds = 2
    meanings = Meanings(["물가/NNG", "오르/VV"], np.arange(22, dtype=np.int8).reshape(2, 11), np.ones(11))
    assert meanings.steps.shape[1] == 1 + kinds + kinds * PLACES
    words = Words.joined({"물가/NNG": [1.0, 2.0, 4.0, 8.0], "은/JX": [0.5, 0.0, 0.0, 0.0]}, kinds + 2, meanings)
    columns = Columns(["물가", "은", "물가", "오르", "처음", ".", "1"], ["NNG", "JX", "NNG", "VV", "NNG", "SF", "SN"], [], [], [], [0] * 7)
    numbers = words.numbered(columns, np.zeros(7, np.intp))
    assert (numbers > UNKNOWN).tolist() == [True, True, True, True, False, False, False, False]
    assert numbers[4:].tolist() == [UNKNOWN, 0, 0, 0]
    firsts, ends = np.array([0, 0, 4, 5]), np.array([1, 4, 5, 5])
    one, all_, unknown, nothing = words.sums(numbers, firsts, ends).tolist()
    assert one == [1 + 1, 2 + 2, 4, 8 + 0]
    root = 3**0.5
    assert np.allclose(all_, [1.5 / root + (1 + 12) / 2, 2 / root + (2 + 13) / 2, 4 / root, 8 / root + (0 + 11) / 2])
    assert unknown == nothing == [0.0] * 4
    last = words.closing(numbers, np.array([0, 3]), np.array([4, 5]))
    assert last.tolist() == [[14 + 5 + 7, 15 + 6 + 8], [16, 17]]


def test_the_closing_words_are_the_last_content_words_the_last_first() -> None:
    seen = content(["NNG", "JKS", "MAG", "VV", "EP", "EF"])
    none = [-1] * PLACES
    assert closing(seen, np.array([0, 1]), np.array([6, 2])).tolist() == [[3, 2, 0, *none][:PLACES], none]
    assert closing(content(["NNG"] * 6), np.array([0]), np.array([6])).tolist() == [[5, 4, 3, 2][:PLACES]]
