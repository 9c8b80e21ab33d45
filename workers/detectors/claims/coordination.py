"""What tells coordination of clauses from manner, sequence and background: features of a connective ending and its surroundings."""

from collections.abc import Sequence

from workers.document import Token

_WINDOW = 40  # morphemes looked at on either side
_TOPIC = frozenset(("은", "는", "ᆫ", "도"))


def features(tokens: Sequence[Token], at: int, low: int, high: int) -> list[str]:
    """Names of what holds at `tokens[at]`, which may end a clause of the region [low, high) (indices)."""
    ending = tokens[at]
    form = ending.form if ending.tag != "EF" else "EF"
    if ending.tag[0] == "N":
        form = "noun " + form
    before = tokens[at - 1] if at > low else ending
    tense = before.form if before.tag == "EP" else "-"
    stem = tokens[at - 2] if before.tag == "EP" and at - 1 > low else before
    following = at + 1
    comma = following < high and tokens[following].tag in ("SP", "SF", "SE")
    if comma:
        following += 1
    subject_left, topic_left, object_left = _arguments(tokens, max(low, at - _WINDOW), at)
    next_end = following
    while next_end < high and not (tokens[next_end].tag[0] == "E" and tokens[next_end].tag != "EP"):
        next_end += 1
    subject_right, topic_right, object_right = _arguments(tokens, following, next_end)
    next_tag, next_form = _ending(tokens, next_end, high)
    final_tense = "-"
    for i in range(high - 1, max(at, high - 6), -1):
        if tokens[i].tag == "EP":
            final_tense = tokens[i].form
            break
    last_end = not any(tokens[i].tag in ("EC", "ETM", "EF") for i in range(next_end + 1, high))
    right_words = tokens[high - 1].word - ending.word
    left_words = ending.word - tokens[low].word + 1
    mark = "," if comma else " "
    found = [
        f"ending {form}{mark}",
        f"ending {form} tense {tense}",
        f"ending {form} next {next_tag}",
        f"ending {form} next {next_form}",
        f"ending {form} stem {stem.tag}",
        f"ending {form} subject {subject_right or topic_right}",
        f"stem {stem.form}",
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
        found.append(f"then {tokens[following].tag}")
        found.append(f"ending {form} then {tokens[following].tag}")
        if tokens[following].tag in ("MAJ", "MAG", "NP", "MM"):
            found.append(f"then {tokens[following].form}")
    return found


def _arguments(tokens: Sequence[Token], low: int, high: int) -> tuple[bool, bool, bool]:
    subject = topic = governed = False
    for i in range(low, high):
        tag = tokens[i].tag
        if tag == "JKS":
            subject = True
        elif tag == "JX":
            topic = topic or tokens[i].form in _TOPIC
        elif tag == "JKO":
            governed = True
    return subject, topic, governed


def _ending(tokens: Sequence[Token], at: int, high: int) -> tuple[str, str]:
    """Tag and form of the ending at `at`, with the bound noun that an adnominal one leads to."""
    if at >= high:
        return "none", "none"
    tag, form = tokens[at].tag, tokens[at].form
    if tag == "ETM" and at + 1 < high:
        noun = tokens[at + 1]
        return ("ETM bound", "ETM " + noun.form) if noun.tag == "NNB" else ("ETM", "ETM")
    return tag, f"{tag} {form}"
