"""Which claims of a document say what another has said already, so that a ranking need not name both."""

from collections import Counter
from collections.abc import Sequence

from workers.document import Columns

LEAST_WORDS = 3  # content words that a claim must have to be compared
JACCARD = 0.6  # shared of all content words, from which two claims are the same statement
CONTAINED, CONTAINED_WORDS = 0.8, 4  # or so large a part of the shorter claim's, where it has as many
RAREST, LATEST = 5, 16  # a claim is compared by its rarest words, with so many claims a word: linear in the number of claims

_CONTENT = frozenset(("NNG", "NNP", "NR", "XR", "VV", "VA", "SN", "SL", "MAG", "NP"))


def content(columns: Columns, first: int, end: int) -> frozenset[str]:
    """The content words and figures among the morphemes [first, end)."""
    forms, tags = columns.forms, columns.tags
    return frozenset([forms[at] for at in range(first, end) if tags[at] in _CONTENT])


def repeated(contents: Sequence[frozenset[str]], negated: Sequence[bool], order: Sequence[int]) -> dict[int, int]:
    """Claim to the claim that it repeats, both as indices into `contents`; `order` names the claims, those that shall stand first.

    Who denies a statement, or gives other figures, does not repeat it.
    """
    count = Counter(word for words in contents for word in words)
    standing: dict[str, list[int]] = {}
    found: dict[int, int] = {}
    for claim in order:
        words = contents[claim]
        if len(words) < LEAST_WORDS:
            continue
        rarest = sorted(words, key=lambda word: (count[word], word))[:RAREST]
        near = dict.fromkeys(other for word in rarest for other in standing.get(word, ())[-LATEST:])
        same = next((o for o in near if negated[o] == negated[claim] and _same(words, contents[o])), None)
        if same is not None:
            found[claim] = same
            continue
        for word in words:
            standing.setdefault(word, []).append(claim)
    return found


def _same(a: frozenset[str], b: frozenset[str]) -> bool:
    shared, shorter = len(a & b), min(len(a), len(b))
    alike = shared >= JACCARD * len(a | b) or (shorter >= CONTAINED_WORDS and shared >= CONTAINED * shorter)
    if not alike:
        return False
    figures_a, figures_b = ({word for word in words if word[0].isdigit()} for words in (a, b))
    return figures_a <= figures_b or figures_b <= figures_a
