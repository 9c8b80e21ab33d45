"""A fixed clause whose features identify the feature function, so that weights of another one are refused."""

from decimal import Decimal

import numpy as np

from schemas.labels import AttributionStyle, NumberKind, Role, TimeType
from workers import model_card
from workers.annotations import Attribution, Number, TimeExpression
from workers.detectors.claims import coordination
from workers.detectors.claims.context import Context
from workers.detectors.claims.features import features
from workers.detectors.claims.lexicon import Lexicon
from workers.detectors.claims.segmentation import Clause
from workers.detectors.claims.words import closing, content
from workers.document import Columns, Document, Sentence, Span, Token

_TEXT = "지난해 매출은 12% 늘었고 비용은 줄었다고 회사는 밝혔다."
_TOKENS = (
    Token("지난해", "NNG", 0, 3, 0, 0),
    Token("매출", "NNG", 4, 6, 1, 0),
    Token("은", "JX", 6, 7, 1, 0),
    Token("12", "SN", 8, 10, 2, 0),
    Token("%", "SW", 10, 11, 2, 0),
    Token("늘", "VV", 12, 13, 3, 0),
    Token("었", "EP", 13, 14, 3, 0),
    Token("고", "EC", 14, 15, 3, 0),
    Token("비용", "NNG", 16, 18, 4, 0),
    Token("은", "JX", 18, 19, 4, 0),
    Token("줄", "VV", 20, 21, 5, 0),
    Token("었", "EP", 21, 22, 5, 0),
    Token("다고", "EC", 22, 24, 5, 0),
    Token("회사", "NNG", 25, 27, 6, 0),
    Token("는", "JX", 27, 28, 6, 0),
    Token("밝히", "VV", 29, 31, 7, 0),
    Token("었", "EP", 30, 31, 7, 0),
    Token("다", "EF", 31, 32, 7, 0),
    Token(".", "SF", 32, 33, 7, 0),
)


def fingerprint(lexicon: Lexicon) -> str:
    """Hash of the probe's features and of the names that the tables give."""
    sentence = Sentence(0, len(_TEXT), Role.BODY, _TOKENS)
    attribution = Attribution(Span(0, 23), Span(29, 32), AttributionStyle.INDIRECT, "probe", Span(25, 27))
    context = Context.of(
        Document(_TEXT, (sentence,)),
        [Number(Span(8, 11), NumberKind.PERCENT, "probe", Decimal(12))],
        [TimeExpression(Span(0, 3), TimeType.DATE, "XXXX", "probe")],
        [],
        lexicon,
    )
    seen = features(context, sentence, Clause(Span(0, 15), 0, 8, attribution, 0), 2)
    told = [name for name in seen if name not in lexicon.names]
    columns = Columns.of(_TOKENS)
    last_words = closing(content(columns.tags), np.array([0]), np.array([len(_TOKENS)])).tolist()
    return model_card.fingerprint((coordination.features(columns, 7, 0, 13), last_words, told, lexicon.names))
