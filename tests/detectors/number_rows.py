"""Rows of text -> normal form for the numbers: how a number is written in one line that anyone can read.

`5조∼7조달러 = money 5000000000000..7000000000000 USD`, then `~` (approximate), `min`/`max` (bound), `restates …` (same_as).
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from schemas.labels import Role
from workers.annotations import Number
from workers.detectors import numbers
from workers.document import Document, Sentence
from workers.morphology import Morphology

TESTS = Path(__file__).resolve().parents[1]
LEXICONS = TESTS.parent / "workers" / "lexicons"


def lexicon() -> numbers.Lexicon:
    return numbers.Lexicon.parse({name: tomllib.loads((LEXICONS / f"{name}.toml").read_text("utf-8")) for name in numbers.TABLES})


def document(text: str, morphology: Morphology) -> Document:
    """`text` as one sentence of the body."""
    return Document(text, (Sentence(0, len(text), Role.BODY, morphology.tokenize(text)),))


def normal_form(number: Number, text: str) -> str:
    worth = f"{number.value:f}" if number.value is not None else f"{number.low:f}..{number.high:f}"
    parts = [text[number.span.start : number.span.end], "=", number.kind.value, worth, number.unit or ""]
    parts += ["~" if number.approx else "", number.bound.value if number.bound else ""]
    if number.same_as:
        parts.append("restates " + text[number.same_as.start : number.same_as.end])
    return " ".join(part for part in parts if part)


def rows() -> Iterator[tuple[str, list[str]]]:
    """Every row of the corpus: a text and the normal forms of its numbers, in order."""
    for path in sorted((TESTS / "corpus").glob("numbers_*.toml")):
        for table in tomllib.loads(path.read_text("utf-8")).values():
            for text, forms in table.items():
                yield text, [forms] if isinstance(forms, str) else forms
