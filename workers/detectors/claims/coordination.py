"""What tells coordination of clauses from manner, sequence and background: features of a connective ending and its surroundings."""

from collections.abc import Sequence

from workers.document import Columns

_WINDOW = 40  # morphemes looked at on either side
_FARTHEST = 120  # … and for the next endings: a text without any would be read to its end from every place
_TOPIC = frozenset(("은", "는", "ᆫ", "도"))
_MARKS = frozenset(("SP", "SF", "SE"))
_OPENING = frozenset(("MAJ", "MAG", "NP", "MM"))
_ENDINGS = frozenset(("EC", "EF", "ETM", "ETN"))
_NO_ENDING = ("none", "none")
_CLAUSE_ENDINGS = frozenset(("EC", "EF", "ETM"))


def features(columns: Columns, at: int, low: int, high: int) -> list[str]:
    """Distinct names of what holds at morpheme `at`, which may end a clause of the region [low, high) (indices)."""
    forms, tags, words = columns.forms, columns.tags, columns.words
    form = forms[at] if tags[at] != "EF" else "EF"
    if tags[at][0] == "N":
        form = "noun " + form
    before = at - 1 if at > low else at
    past = tags[before] == "EP"
    tense = forms[before] if past else "-"
    stem = at - 2 if past and at - 1 > low else before
    following = at + 1
    comma = following < high and tags[following] in _MARKS
    if comma:
        following += 1
    subject_left, topic_left, object_left = _arguments(forms, tags[max(low, at - _WINDOW) : at], max(low, at - _WINDOW))
    next_end, farthest = following, min(high, following + _FARTHEST)
    while next_end < farthest and tags[next_end] not in _ENDINGS:
        next_end += 1
    subject_right, topic_right, object_right = _arguments(forms, tags[following:next_end], following)
    next_tag, next_form = _ending(forms, tags, next_end, high) if next_end < farthest else _NO_ENDING
    final_tense = "-"
    for i in range(high - 1, max(at, high - 6), -1):
        if tags[i] == "EP":
            final_tense = forms[i]
            break
    last_end = _CLAUSE_ENDINGS.isdisjoint(tags[next_end + 1 : min(high, next_end + 1 + _FARTHEST)])
    right_words = words[high - 1] - words[at]
    left_words = words[at] - words[low] + 1
    mark = "," if comma else " "
    found = [
        f"ending {form}{mark}",
        f"ending {form} tense {tense}",
        f"ending {form} next {next_tag}",
        *(() if next_form == next_tag else (f"ending {form} next {next_form}",)),
        f"ending {form} stem {tags[stem]}",
        f"ending {form} subject {subject_right or topic_right}",
        f"stem {forms[stem]}",
        f"ending {form} tense {tense} final {final_tense}",
        f"ending {form} topics {topic_left} {topic_right}",
        f"subjects {subject_left}{topic_left} {subject_right}{topic_right}",
        f"topic left {topic_left}",
        f"objects {object_left} {object_right} {form}",
        f"last ending {last_end} {next_tag}",
        f"ending {form} last {last_end}",
        f"ending {form} left {min(left_words, 9) // 3}",
        f"ending {form} right {min(right_words, 12) // 3}",
    ]
    if following < high:
        then = tags[following]
        found.append(f"then {then}")
        found.append(f"ending {form} then {then}")
        if then in _OPENING:
            found.append(f"then {forms[following]}")
    return found


def _arguments(forms: Sequence[str], tags: Sequence[str], first: int) -> tuple[bool, bool, bool]:
    """Whether a subject, a topic and an object are marked among the morphemes with `tags`, the first of which is number `first`."""
    present = {*tags}
    topic = "JX" in present and any(tag == "JX" and forms[i] in _TOPIC for i, tag in enumerate(tags, first))
    return "JKS" in present, topic, "JKO" in present


def _ending(forms: Sequence[str], tags: Sequence[str], at: int, high: int) -> tuple[str, str]:
    """Tag and form of the ending at `at`, with the bound noun that an adnominal one leads to."""
    tag = tags[at]
    if tag == "ETM" and at + 1 < high:
        return ("ETM bound", "ETM " + forms[at + 1]) if tags[at + 1] == "NNB" else ("ETM", "ETM")
    return tag, f"{tag} {forms[at]}"
