"""Which mentions name one thing, and what its canonical name is."""

import bisect
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from schemas.labels import EntityType
from workers.annotations import Entity
from workers.detectors.entities.lexicon import Lexicon
from workers.detectors.entities.mentions import REQUEST, Mention
from workers.detectors.entities.scoring import Scale, chance

CLOSED = frozenset({")", ",", "·"})
Key = tuple[EntityType, str]


def folded(name: str) -> str:
    """A name without spaces, hyphens, dots and case: `Open AI` and `OpenAI` are one."""
    return re.sub(r"[\s\-·.]", "", name).casefold()


def linked(text: str, mentions: Sequence[Mention], lexicon: Lexicon, scales: Mapping[str, Scale]) -> tuple[Entity, ...]:
    """The entities of a document, in the order of their first mentions; `mentions` are sorted and do not overlap.

    An entity is as likely as its likeliest mention; `scales` calibrate those of the taggers.
    """
    names = [m.canonical or canonical_of(text[m.span.start : m.span.end], lexicon) for m in mentions]
    kinds = [m.type for m in mentions]
    persons(mentions, names, lexicon)
    brackets(text, mentions, names, kinds)
    asked: dict[Key, str] = {}
    groups: dict[Key, list[Mention]] = defaultdict(list)
    order: dict[Key, str] = {}
    for m, name, kind in zip(mentions, names, kinds, strict=True):
        key = (kind, folded(name))
        groups[key].append(m)
        if m.rule == REQUEST:
            asked[key] = m.rule
            order[key] = name
        else:
            order.setdefault(key, name)
    return tuple(
        Entity(
            kind,
            order[kind, key],
            tuple(m.span for m in group),
            round(max(chance(m, scales) for m in group), 4),
            asked.get((kind, key), group[0].rule),
        )
        for (kind, key), group in groups.items()
    )


def canonical_of(surface: str, lexicon: Lexicon) -> str:
    """The listed name of a surface, else itself, a one-syllable country written out: `美 재무부` → `미국 재무부`."""
    known = lexicon.known.get(surface)
    if known:
        return known.canonical
    name = re.sub(r"\s+", " ", surface)
    if name[0] in lexicon.short and name[1:2] == " ":
        name = lexicon.short[name[0]] + name[1:]
        known = lexicon.known.get(name)
    return known.canonical if known else name


def persons(mentions: Sequence[Mention], names: list[str], lexicon: Lexicon) -> None:
    """Surnames, last and first names take the full name: the one nearest before, else the first after."""
    people = [i for i, m in enumerate(mentions) if m.type is EntityType.PERSON]
    full: dict[str, list[int]] = defaultdict(list)  # what a full name may be called by → where it stands, in order
    for i in people:
        name = names[i]
        if " " in name:
            parts = name.split(" ")
            for part in {parts[0], parts[-1]}:
                full[part].append(i)
        elif 2 <= len(name) <= 4 and name[0] in lexicon.surnames:
            full[name[0]].append(i)
            if len(name) == 3:
                full[name[1:]].append(i)
    for i in people:
        fits = full.get(names[i])
        if fits and mentions[i].rule != REQUEST:
            before = bisect.bisect(fits, i)
            names[i] = names[fits[before - 1] if before else fits[0]]


def brackets(text: str, mentions: Sequence[Mention], names: list[str], kinds: list[EntityType]) -> None:
    """`국가반도체기술센터(NSTC)`: what stands in brackets right after a name is the same thing, here and later."""
    same: dict[str, tuple[str, EntityType]] = {}
    for i, (a, b) in enumerate(pairwise(mentions)):
        if (
            b.span.start - a.span.end > 3
            or text[a.span.end : b.span.start].strip() != "("
            or text[b.span.end : b.span.end + 1] not in CLOSED
        ):
            continue
        short = text[b.span.start : b.span.end]
        if b.canonical is None and (a.type is b.type or a.type is EntityType.ORGANIZATION) and a.type is not EntityType.LOCATION:
            same[short] = names[i], a.type
        elif a.type is b.type and a.canonical is None and b.canonical is not None:
            same[text[a.span.start : a.span.end]] = names[i + 1], b.type
    for i, m in enumerate(mentions):
        surface = text[m.span.start : m.span.end]
        if surface in same and m.rule != REQUEST:
            names[i], kinds[i] = same[surface]
