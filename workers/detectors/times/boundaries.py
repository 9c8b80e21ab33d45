"""What Kiwi says about a place in the text: whether a morpheme ends there, how it is called, what tense follows."""

from bisect import bisect_left, bisect_right
from collections.abc import Container
from itertools import accumulate

from schemas.labels import Role
from workers.document import Document, Sentence, Token

_PAST = ("었", "았", "였")
_PAST_STEMS = ("었", "아", "어")
_AFTER_PLANS = frozenset({"VCP", "JKO", "SF", "XSV", "JX", "JKB"})
_FUTURE_VERBS = frozenset({"열리", "나오", "앞두", "다가오", "치르"})
_OF_AMOUNTS = frozenset({"넘", "웃돌", "밑돌", "달하", "이르", "따르", "대하", "관하", "위하", "의하", "통하", "비하"})  # 390만이 넘는 조회
_PROPOSALS = ("자", "ᆸ시다", "읍시다", "ᆯ게", "을게", "ᆯ까", "을까")
_AHEAD = 6  # morphemes
_BRACKETED = 12  # morphemes of a bracket that is passed over
_CLOSE, _SIGHT = 6, 40  # tokens
_NO_FUTURE_NOUNS = frozenset({"수", "때", "뿐", "줄", "리", "만큼", "정도"})


class Boundaries:
    """Read-only look-ups in a document's sentences and tokens; positions are code points of its text.

    Tokens only veto: where there are none, all is allowed.
    """

    def __init__(self, document: Document) -> None:
        self._sentences = document.sentences
        self._starts = [sentence.start for sentence in document.sentences]
        self._token_starts = document.token_starts
        self._firsts = [0, *accumulate([len(sentence.tokens) for sentence in document.sentences])]

    def sentence(self, position: int) -> Sentence | None:
        """The sentence that holds `position`, or the last one before it."""
        at = bisect_right(self._starts, position)
        return self._sentences[at - 1] if at else None

    def number(self, position: int) -> int:
        """The index of that sentence, -1 before the first."""
        return bisect_right(self._starts, position) - 1

    def role(self, position: int) -> Role:
        sentence = self.sentence(position)
        return sentence.role if sentence else Role.BODY

    def tokens(self, position: int) -> tuple[tuple[Token, ...], int]:
        """The tokens of the sentence at `position`, and the index of the first that starts there or later."""
        number = self.number(position)
        if number < 0:
            return (), 0
        first, end = self._firsts[number : number + 2]
        return self._sentences[number].tokens, bisect_left(self._token_starts, position, first, end) - first

    def cut(self, position: int) -> bool:
        """No morpheme lies across `position`."""
        tokens, at = self.tokens(position)
        return all(not token[2] < position < token[3] for token in tokens[max(0, at - 3) : at])

    def tag(self, position: int) -> str | None:
        """The tag of the first morpheme that starts at `position`."""
        tokens, at = self.tokens(position)
        return tokens[at].tag if at < len(tokens) and tokens[at].start == position else None

    def followed(self, position: int, form: str) -> bool:
        """The morpheme that starts at `position` is `form`."""
        tokens, at = self.tokens(position)
        return at < len(tokens) and tokens[at].start == position and tokens[at].form == form

    def compared(self, position: int) -> bool:
        """What ends at `position` is what something is compared with: 전년보다, 전년 대비, 전년에 비해, 7월 이후 석 달 만에."""
        following = self._next(position)
        forms = [token.form for token in following[:2]]
        since = forms[:1] in (["이후"], ["이래"]) and any(token.form == "만" and token.tag == "NNB" for token in following)
        return since or forms[:1] in (["보다"], ["대비"]) or forms == ["에", "비하"]

    def left_open(self, position: int) -> bool:
        """What ends at `position` is but where something begins: 3월부터, 3월 이후."""
        return any(token.form in ("부터", "이후", "이래") for token in self._next(position)[:1])

    def _next(self, position: int) -> tuple[Token, ...]:
        """The next morphemes from `position` on, a space and brackets (`7월(17만명) 이후`) allowed before them."""
        tokens, at = self.tokens(position)
        if at == len(tokens) or tokens[at].start > position + 1:
            return ()
        if tokens[at].tag == "SSO":
            at = next((behind for behind in range(at + 1, min(at + _BRACKETED, len(tokens))) if tokens[behind - 1].tag == "SSC"), at)
        return tokens[at : at + _AHEAD]

    def tagged(self, position: int, tags: Container[str]) -> bool:
        """A morpheme of one of `tags` starts at `position`; also where nothing is known of it."""
        tokens, _ = self.tokens(position)
        return not tokens or self.tag(position) in tags

    def follows_noun(self, position: int) -> bool:
        """A noun ends one space before `position`."""
        tokens, at = self.tokens(position)
        return at > 0 and tokens[at - 1].tag in ("NNG", "NNP") and tokens[at - 1].end == position - 1

    def looks(self, position: int, plans: frozenset[str]) -> int:
        """Which way the verb after `position` looks: -1 back, 1 ahead or at the present of a plan, 0 nothing said.

        `plans` are the nouns that look ahead by themselves (예정, 계획).
        """
        tokens, at = self.tokens(position)
        weak = 0
        for index in range(at, min(at + _SIGHT, len(tokens))):
            if looks := _looks(tokens, index, plans, first=index == at):
                if tokens[index].tag != "ETM" or tokens[index].form != "는" or index - at <= _CLOSE:
                    return looks
                weak = weak or looks  # far from the date 는 may be timeless: 가두는 일을 하다가 다쳤다
        return weak


def _looks(tokens: tuple[Token, ...], index: int, plans: frozenset[str], *, first: bool) -> int:
    form, tag = tokens[index].form, tokens[index].tag
    before = tokens[index - 1].tag if index else ""
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if tag == "EP":
        return -1 if form in _PAST else 1 if form == "겠" else 0
    if tag == "EF" and form.startswith(_PROPOSALS):
        return 1
    if tag == "ETM" and form in ("ᆯ", "을"):
        return 1 if after is None or after.form not in _NO_FUTURE_NOUNS else 0
    if tag == "ETM" and form in ("ᆫ", "은"):
        return -1 if before in ("VV", "XSV", "VX") else 0
    if (tag == "ETM" and form == "는") or (tag in ("EF", "EC") and form.startswith(("ᆫ다", "는다"))):
        return 1 if not first and before in ("VV", "XSV") and tokens[index - 1].form not in _OF_AMOUNTS else 0
    if tag == "NNG" and form in plans:
        return 1 if after is None or after.tag in _AFTER_PLANS else 0
    if tag == "VV" and form in _FUTURE_VERBS:
        return 1 if after is not None and after.tag == "EC" and not after.form.startswith(_PAST_STEMS) else 0
    return 0
