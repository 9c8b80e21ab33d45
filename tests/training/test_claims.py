"""What the claims model is trained on: annotations without their sentences, the project's own sentences, and words by their meaning."""

import json
import re
from pathlib import Path

import numpy as np

from schemas.labels import ClaimType, Modality
from tests.shared_data import SHARED, needs_shared
from workers.detectors.claims.meanings import PLACES, Meanings, closing
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


def test_meanings_come_back_as_they_were_saved(tmp_path: Path) -> None:
    rows = np.random.default_rng(7).normal(size=(5, 3))
    rows[:, 1] = 0
    meanings = Meanings.rounded(["물가/NNG", "오르/VV", "크/VA", "못/MAG", "하/XSV"], rows)
    meanings.save(tmp_path / "meanings.npz")
    again = Meanings.load(tmp_path / "meanings.npz")
    assert list(again.words) == list(meanings.words)
    assert np.allclose(again.rows, meanings.rows, rtol=1e-6)
    assert np.abs(again.rows - rows).max() <= np.abs(rows).max() / 127


def test_the_closing_words_are_the_last_content_words_the_last_first() -> None:
    tags = ["NNG", "JKS", "MAG", "VV", "EP", "EF"]
    assert closing(tags, range(1, 7), 0, 6) == [4, 3, 1] + [0] * (PLACES - 3)
    assert closing(tags, range(1, 7), 1, 2) == [0] * PLACES
    assert closing(["NNG"] * 6, range(1, 7), 0, 6) == [6, 5, 4, 3][:PLACES]
