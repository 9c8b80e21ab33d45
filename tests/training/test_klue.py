"""Reading KLUE's formats."""

from pathlib import Path

from workers.training.klue import Label, f1, inline, spans, tsv


def test_bio_tags_become_labels() -> None:
    tags = ["B-PS", "I-PS", "O", "B-LC", "B-LC", "I-OG", "O"]
    assert list(spans(tags)) == [Label(0, 2, "PS"), Label(3, 4, "LC"), Label(4, 5, "LC"), Label(5, 6, "OG")]


def test_a_tsv_file_gives_sentences_with_their_labels(tmp_path: Path) -> None:
    file = tmp_path / "a.tsv"
    file.write_text("## 컬럼명 : CHAR\tNE_TAG\n## klue-ner-x_1\t<나래:PS> 왔다\n나\tB-PS\n래\tI-PS\n \tO\n왔\tO\n다\tO\n\n", "utf-8")
    (sample,) = tsv(file)
    assert (sample.id, sample.text, sample.labels) == ("klue-ner-x_1", "나래 왔다", (Label(0, 2, "PS"),))


def test_inline_annotations_are_taken_out_of_the_text(tmp_path: Path) -> None:
    file = tmp_path / "b.tsv"
    file.write_text("id1\t<나래:PS>가 <부산:LC>에 왔다\n", "utf-8")
    (sample,) = inline(file)
    assert sample.text == "나래가 부산에 왔다"
    assert sample.labels == (Label(0, 2, "PS"), Label(4, 6, "LC"))


def test_f1_counts_exact_spans() -> None:
    gold = [[Label(0, 2, "PS"), Label(4, 6, "LC")]]
    found = [[Label(0, 2, "PS"), Label(4, 7, "LC")]]
    assert f1(gold, found) == {"micro": 50.0, "macro": 50.0, "LC": 0.0, "PS": 100.0}
