"""Names of persons, organizations, places, products, events, works and laws, each thing linked to one canonical name."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from workers import model_card
from workers.annotations import Entity
from workers.detectors.entities import cues, kinds, mentions, offices, shaping, tagger
from workers.detectors.entities.boundaries import Boundaries
from workers.detectors.entities.custom import NONE, Custom
from workers.detectors.entities.features import COUNTED, Vocabulary, features, written
from workers.detectors.entities.lexicon import TABLES, Lexicon
from workers.detectors.entities.linking import linked
from workers.detectors.entities.repeats import repeated, specific, surnames
from workers.detectors.entities.scoring import Scale
from workers.detectors.entities.units import Nouns, Units, units
from workers.detectors.entities.weights import Weights, load
from workers.document import Document, Token
from workers.spans import outside

__all__ = ["NONE", "TABLES", "Custom", "Model", "detect", "probe"]


class Model(NamedTuple):
    """The trained taggers, their vocabulary, the lists of names, and how the taggers' scores are calibrated."""

    vocabulary: Vocabulary
    weights: Weights
    lexicon: Lexicon
    scales: Mapping[str, Scale]

    @classmethod
    def load(cls, folder: Path, tables: Mapping[str, dict[str, Any]]) -> "Model":
        """The model of `folder`; raises `model_card.ModelMismatch` where it was trained on other features or another Kiwi."""
        card = model_card.verified(folder, model_card.fingerprint(probe()))
        vocabulary, weights = load(folder / "weights.npz")
        return cls(vocabulary, weights, Lexicon.parse(tables), {label: (a, b) for label, (a, b) in card["calibration"].items()})


def probe() -> list[list[str]]:
    """What the feature function gives for fixed sentences: changes when the features do."""
    tokens = [
        Token("올트먼이", "NNP", 0, 4, 0, 0),
        Token("Open", "SL", 5, 9, 1, 0),
        Token("AI", "SL", 10, 12, 2, 0),
        Token("‘", "SSO", 12, 13, 2, 0),
        Token("GPT-4", "SL", 13, 18, 2, 0),
        Token("’", "SSC", 18, 19, 2, 0),
        Token("를", "JKO", 19, 20, 2, 0),
        Token("박씨", "NNP", 21, 23, 3, 0),
        Token("국가반도체센터", "NNG", 24, 31, 4, 0),
        Token(".", "SF", 31, 32, 4, 0),
    ]
    every = Units.of([units(tokens, Nouns.of(())), units(tokens[5:], Nouns.of(()))])
    numbered = {u: i for i, u in enumerate(("올트먼/NNP", "AI/SL", "를/JKO", "SL", "NNP", "h3NN", "터", "센터", "SSC", "박", "박/NNP"), 1)}
    vocabulary = Vocabulary.of(dict.fromkeys(COUNTED, numbered), {"AI/SL": (1, 2, 3, 4)})
    return list(written(features(every, vocabulary)))


def detect(document: Document, model: Model, custom: Custom = NONE) -> tuple[Entity, ...]:
    """The things that the document names, in the order of their first mentions; spans in code points of its text.

    Bylines, menus and photo credits (sentences that carry no claims) are searched for the names of `custom` only.
    """
    text, lexicon = document.text, model.lexicon
    vocabulary = model.vocabulary
    every = Units.cut([s.tokens for s in document.sentences if s.carries_claims], document.columns, vocabulary.nouns, vocabulary.numbers)
    own = custom.mentions(text, [s.tokens for s in document.sentences])
    if not every.flat:
        return custom.kept(text, linked(text, own, lexicon, model.scales))
    boundaries = Boundaries.of(text, every.columns)
    names, heads = lexicon.scan(text)
    found = [
        *mentions.tagged(text, every.sentences, tagger.chunks(every, vocabulary, model.weights), lexicon),
        *mentions.listed(names, boundaries),
        *mentions.short_countries(text, every, lexicon),
    ]
    found = list(kinds.told(text, list(shaping.shaped(text, found, lexicon)), boundaries, lexicon))
    found = list(offices.officed(text, found, every, lexicon))
    found += mentions.governments(text, found, lexicon)
    found += cues.quoted(text, lexicon)
    found += kinds.companies(text, boundaries)
    found += kinds.stations(text)
    found += cues.shortened(text, lexicon)
    found += cues.joint(text, lexicon)
    found += cues.headed(text, every, heads, lexicon)
    read = mentions.resolved(text, found, lexicon)
    read = mentions.resolved(
        text, [*read, *cues.versions(text, read), *cues.in_line(text, read), *shaping.institutions(text, read, lexicon)], lexicon
    )
    read = mentions.resolved(text, [*read, *repeated(read, boundaries), *surnames(text, [*read, *own], lexicon)], lexicon)
    read = specific(text, read, lexicon)
    if own:
        read = tuple(sorted([*outside(read, own), *own], key=lambda m: m.span))
    return custom.kept(text, linked(text, read, lexicon, model.scales))
