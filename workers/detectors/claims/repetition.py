"""Which claims of a document say what another has said already, so that a ranking need not name both."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain

LEAST_WORDS = 3  # content words that a claim must have to be compared
JACCARD = 0.6  # shared of all content words, from which two claims are the same statement
CONTAINED, CONTAINED_WORDS = 0.8, 4  # or so large a part of the shorter claim's, where it has as many
# a claim is compared by its rarest words, with so many claims a word (so this is linear in the claims), of which so many must be shared
RAREST, LATEST, LEAST_RAREST = 5, 16, 2

CONTENT = frozenset(("NNG", "NNP", "NR", "XR", "VV", "VA", "SN", "SL", "MAG", "NP"))
"""Tags of what claims are compared by."""


def repeated(contents: Sequence[Sequence[str]], negated: Sequence[bool], order: Sequence[int]) -> dict[int, int]:
    """Claim to the claim that it repeats, both as indices into `contents`, which has the distinct words and figures that each
    is compared by; `order` names the claims, those that shall stand first.

    Who denies a statement, or gives other figures, does not repeat it.
    """
    count = Counter([*chain.from_iterable(contents)])
    often = {word for word, times in count.items() if times > 1}
    standing: dict[str, list[int]] = {}
    found: dict[int, int] = {}
    for claim in order:
        shared = [word for word in contents[claim] if word in often]
        if len(shared) < LEAST_WORDS:  # two claims that are the same share as many
            continue
        rarest = sorted(shared, key=count.__getitem__)[:RAREST]
        near = [other for word in rarest if word in standing for other in standing[word][-LATEST:]]
        same = None
        if len(near) > len({*near}):  # else none has two of the words
            alike = [other for other, times in Counter(near).items() if times >= LEAST_RAREST and negated[other] == negated[claim]]
            same = next((other for other in alike if _same(contents[claim], contents[other])), None)
        if same is not None:
            found[claim] = same
            continue
        for word in shared:
            standing.setdefault(word, []).append(claim)
    return found


def _same(a: Sequence[str], b: Sequence[str]) -> bool:
    both = len({*a} & {*b})
    shorter = min(len(a), len(b))
    if both < JACCARD * (len(a) + len(b) - both) and (shorter < CONTAINED_WORDS or both < CONTAINED * shorter):
        return False
    figures_a, figures_b = ({word for word in words if word[0].isdigit()} for words in (a, b))
    return figures_a <= figures_b or figures_b <= figures_a
