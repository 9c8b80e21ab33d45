"""The name data of `../shared/data/klue-ner`: character-tagged files, inline annotations, form frequencies."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple


class Label(NamedTuple):
    """A name [start, end) of a sentence, in code points, and its class."""

    start: int
    end: int
    type: str


class Sample(NamedTuple):
    id: str
    text: str
    labels: tuple[Label, ...]


def spans(tags: list[str]) -> Iterator[Label]:
    """The names of a BIO tag sequence, one tag a character."""
    start, kind = -1, ""
    for i, tag in enumerate([*tags, "O"]):
        if start >= 0 and tag != f"I-{kind}":
            yield Label(start, i, kind)
            start = -1
        if tag != "O" and start < 0:
            start, kind = i, tag[2:]


def tsv(path: Path) -> list[Sample]:
    """Sentences of a KLUE-format file: a `## id` line, then a character and its tag a line."""
    found: list[Sample] = []
    identifier, characters, tags = "", list[str](), list[str]()

    def close() -> None:
        if characters:
            found.append(Sample(identifier, "".join(characters), tuple(spans(tags))))
        characters.clear()
        tags.clear()

    for line in path.read_text("utf-8").split("\n"):
        header = re.match(r"## (klue-ner\S*)\t", line)
        if header:
            close()
            identifier = header[1]
        elif not line:
            close()
        elif not line.startswith("## ") and "\t" in line:
            character, tag = line.split("\t")
            characters.append(character)
            tags.append(tag)
    close()
    return found


def inline(path: Path) -> list[Sample]:
    """Sentences annotated inline, `<name:TYPE>`, after their id."""
    found = []
    for line in path.read_text("utf-8").splitlines():
        identifier, marked = line.split("\t", 1)
        text, labels, at = "", [], 0
        for m in re.finditer(r"<([^<>]+):(PS|LC|OG|DT|TI|QT)>", marked):
            text += marked[at : m.start()]
            labels.append(Label(len(text), len(text) + len(m[1]), m[2]))
            text += m[1]
            at = m.end()
        found.append(Sample(identifier, text + marked[at:], tuple(labels)))
    return found


def raw(path: Path) -> list[Sample]:
    """Unlabelled sentences: id and text a line."""
    rows = (line.split("\t", 1) for line in path.read_text("utf-8").splitlines())
    return [Sample(identifier, text, ()) for identifier, text in rows]


def forms(path: Path) -> dict[str, dict[str, int]]:
    """How often each form is labelled with each of the 150 classes."""
    found: dict[str, dict[str, int]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            found.setdefault(row["form"], {})[row["label"]] = int(row["train_freq"])
    return found


def f1(gold: Iterable[Iterable[Label]], found: Iterable[Iterable[Label]]) -> dict[str, float]:
    """Entity F1 in percent on exact spans: per type, micro and macro."""
    hit, stated, right = Counter[str](), Counter[str](), Counter[str]()
    for g, f in zip(gold, found, strict=True):
        right.update(x.type for x in g)
        stated.update(x.type for x in f)
        hit.update(x.type for x in set(g) & set(f))
    per = {t: 200 * hit[t] / (right[t] + stated[t]) for t in sorted(right)}
    micro = 200 * hit.total() / (right.total() + stated.total())
    return {t: round(v, 2) for t, v in {"micro": micro, "macro": sum(per.values()) / len(per), **per}.items()}
