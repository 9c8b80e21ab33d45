"""Numbers in words: 두 배, 수십조 원, 서너 명, 절반, 첫째."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from schemas.labels import NumberKind
from workers.annotations import Number
from workers.detectors.numbers.judging import bare, judge, number
from workers.detectors.numbers.lexicon import Unit
from workers.detectors.numbers.reading import WORDS, Amount, Page, complete
from workers.detectors.numbers.surroundings import after
from workers.document import Span
from workers.lazy_pattern import LazyPattern
from workers.numerals import FIRST_LETTERS, READ_OUT, parse

# where a numeral may begin: one letter is looked for faster than what may follow it
_FIRST = re.compile(f"[{''.join(sorted(FIRST_LETTERS))}](?<![가-힣A-Za-z0-9].)")
# 별다섯개: a word right before it, a counter right after
_ATTACHED = re.compile(r"(?:하나|둘|셋|넷|다섯|여섯|일곱|여덟|아홉|열)(?=[개명점번])")
_DECIMAL = LazyPattern(rf"(?<![가-힣0-9])(?:마이너스 ?|영하 ?)?{READ_OUT}")
_POINT = re.compile("점 ?[영공일이삼사오육칠팔구]")
_DECIMAL_UNITS = frozenset({NumberKind.PERCENT, NumberKind.PERCENTAGE_POINT, NumberKind.MEASURE, NumberKind.MULTIPLE})
_HALF = re.compile(
    r"절반(?<![가-힣]절반)"
    r"|반(?<![가-힣0-9]반)(?:(?=으로 ?(?:줄|나누|나눠|나뉘|자르|잘라|잘렸|가르|갈라|갈랐|접|쪼개|쪼갰|깎|뚝|떨어|꺾))"
    r"|(?= ?(?:이상|이하|넘게|가까이|쯤|정도)(?![가-힣]{2})|밖에|[이을] ?넘|도 (?:안|못|채) )|(?<=의 반)(?=[을이은만도] ))"
)
_HALF_OF_ONE = LazyPattern(
    r"(?<![가-힣0-9])반 (컵|개|병|잔|마리|판|모|큰술|스푼|공기|그릇|봉지|숟갈|포기|줌)(?=[^가-힣]|$|[을를이가은는의도만씩에](?![가-힣]))"
)
_FRACTION = LazyPattern(
    "(?<![가-힣0-9])[이삼사오육칠팔구십백천만]{1,4} ?분의 ?"
    "(?:[일이삼사오육칠팔구]?[십백천][일이삼사오육칠팔구]?(?![가-힣]{3})|[일이삼사오육칠팔구](?![가-힣]{3})|[0-9]+)"
)
_SEVERAL = re.compile(r"수(?<![가-힣]수)(?: ?(차례|군데)| (명|건|개|곳|편))(?![가-힣]*[았었])")
_TWICE = re.compile(r"[갑곱]절(?<![가-힣] ..)(?<![가-힣]..)")
_ORDER: Final = {"첫": 1, "둘": 2, "셋": 3, "넷": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10}
_ORDINAL = re.compile(r"(?<![가-힣])(?:첫 ?번째|(" + "|".join(_ORDER) + r")째(?!로 치)|첫(?= [가-힣])|두번째|세번째)")
_NUMBERED = LazyPattern(r"(?<![가-힣])제 ?([일이삼사오육칠팔구십]{1,3}) ?[차회](?=[^가-힣]|$|[은는이가을를의에도](?![가-힣]))")  # 제이차
_SINGLE_SINO = re.compile(r"[일이삼사오육칠팔구십백천만억조경해]")
_NUMERAL_TAGS = frozenset({"NR", "MM", "SN", "SW", "XPN"})
# a letter alone is a numeral only where Kiwi says one of these; a native one also where it says some noun and a unit of two letters follows
_LONE_TAGS = {"sino": frozenset({"NR", "SN"}), "native": _NUMERAL_TAGS | {"NNG", "NNP", "NNB", "NP"}}
_HANGUL = re.compile("[가-힣]")
_ALONE = frozenset({"둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉"})
_SINO_COUNTERS = frozenset({"원", "배", "위", "인", "층", "차", "등", "퍼센트", "프로", "단계", "세대", "회", "할", "심"})
_AGE_HEAD = re.compile(r"(?:나이|연세|춘추)(?:는|가|도|에)? \Z")
_CLEAR = 4  # letters of a numeral that no token need vouch for
_STANDING = frozenset({"하나", "둘", "셋", "넷"})
_OLD_FORMS = frozenset({"석", "서", "넉", "너", "닷", "엿"})
_ONLY = re.compile(r"(?:단|딱|오직|겨우|고작|불과|총|모두|각각|각) ?\Z")


def find(page: Page) -> Iterator[Number]:
    """Candidates from words."""
    text, place = page.text, 0
    while first := _FIRST.search(text, place):
        match = WORDS.match(text, first.start())
        if match is None:
            place = first.end()
            continue
        if page.elsewhere.at(match.start()):
            place = match.end()
            continue
        found, place = _at(page, match)
        if found:
            yield found
    for part in _HALF_OF_ONE.finditer(text) if "반 " in text else ():
        if part[1] in page.lexicon.words["halves.units"]:
            yield Number(Span(*part.span()), NumberKind.COUNT, "words.half_of_one", Decimal("0.5"), unit=part[1])
    yield from _attached(page)
    yield from _decimals(page)
    for several in _SEVERAL.finditer(text):
        lead = page.tokens.before(several.start(), 1)
        if not lead or lead[0].tag != "ETM":  # 할 수
            yield Number(
                Span(*several.span()),
                NumberKind.COUNT,
                "words.several",
                low=Decimal(2),
                high=Decimal(9),
                unit=several[1] or several[2],
                approx=True,
            )
    for word in _FRACTION.finditer(text) if "분의" in text else ():
        if (numeral := parse(word.group())) and numeral.value is not None:
            yield Number(Span(*word.span()), NumberKind.FRACTION, "words.fraction", numeral.value)
    for twice in _TWICE.finditer(text):
        yield Number(Span(*twice.span()), NumberKind.MULTIPLE, "words.twice", Decimal(2))
    for half in _HALF.finditer(text) if "반" in text else ():
        yield Number(Span(*half.span()), NumberKind.FRACTION, "words.half", Decimal("0.5"))
    for ordinal in _ORDINAL.finditer(text) if "첫" in text or "째" in text else ():
        if found := _ordinal(page, ordinal):
            yield found
    for numbered in _NUMBERED.finditer(text) if "제" in text else ():
        if (numeral := parse(numbered[1])) and numeral.value is not None:
            yield Number(Span(*numbered.span()), NumberKind.ORDINAL, "words.numbered", numeral.value)


def _attached(page: Page) -> Iterator[Number]:
    for word in _ATTACHED.finditer(page.text):
        if not _HANGUL.match(page.text[max(0, word.start() - 1) : word.start()]):
            continue
        token = page.tokens.first_at(word.start())
        amount = complete(page, *word.span()) if token and token.tag == "NR" and token.end == word.end() else None
        found = judge(page, amount, words=True)[0] if amount and amount.unit else None
        if found:
            yield found


def _decimals(page: Page) -> Iterator[Number]:
    if not _POINT.search(page.text):
        return
    for word in _DECIMAL.finditer(page.text):
        amount = complete(page, *word.span())
        if amount and amount.unit and amount.unit.kind in _DECIMAL_UNITS and amount.numeral_end == word.end():
            found, _ = judge(page, amount, words=True)
            if found:
                yield found


def _ordinal(page: Page, match: re.Match[str]) -> Number | None:
    word = match.group()
    token = page.tokens.first_at(match.start())
    if word == "첫" and (token is None or token.form != "첫" or token.tag != "MM"):
        return None
    worth = {"두번째": 2, "세번째": 3}.get(word) or _ORDER[match[1] or "첫"]
    return Number(Span(*match.span()), NumberKind.ORDINAL, "words.ordinal", Decimal(worth))


def _at(page: Page, match: re.Match[str]) -> tuple[Number | None, int]:
    start, end = match.span()
    kind = match.lastgroup or ""
    if end - start < _CLEAR:
        token = page.tokens.first_at(start)
        if token is None:  # most often 이, 한, 일 inside a morpheme
            return None, start + 1
        if end - start == 1 and token.tag not in _LONE_TAGS.get(kind, _NUMERAL_TAGS):  # and 이/JKS, 사/VV, 세/VV
            idiom = page.lexicon.idiom.match(page.text, start)
            return None, idiom.end() if idiom else end
    amount = complete(page, start, end)
    if amount is None:
        return None, start + 1
    word = page.text[start : amount.numeral_end]
    if idiom := page.lexicon.idiom.match(page.text, start):
        return None, max(idiom.end(), start + 1)
    if amount.unit and _HANGUL.match(page.text, amount.end) and page.tokens.cuts(amount.end):
        return None, start + 1
    if amount.unit and _misfit(page, amount, word):
        return None, start + 1
    if not _numeral_by_tokens(page, amount, kind, word):
        return None, start + 1
    if amount.unit is None:
        found, place = _without_unit(page, amount, kind, word)
        return found, place
    if word == "한" and amount.unit.kind is NumberKind.COUNT and not _one_is_meant(page, start, amount.unit.name):
        return None, amount.end
    return judge(page, amount, words=True)


def _measured(unit: Unit) -> bool:
    return len(unit.name) > 1 and unit.kind in (NumberKind.MEASURE, NumberKind.MONEY)


def _misfit(page: Page, amount: Amount, word: str) -> bool:
    """Forms of a numeral that do not go with that unit: 셋 stands alone, 석 before few old measures."""
    attached = amount.unit is not None and page.text[amount.numeral_end] != " "
    if word in _OLD_FORMS:
        return amount.unit is None or amount.unit.name not in page.lexicon.words["old_forms.units"]
    return attached and (word in _STANDING or (len(word) == 1 and amount.unit is not None and amount.unit.name == "호"))


def _one_is_meant(page: Page, start: int, counter: str) -> bool:
    """한 명 is one; 한 가지, 한 번 rather `a`, but for 단 한 번."""
    return counter in page.lexicon.words["one.counters"] or _ONLY.search(page.text[max(0, start - 4) : start]) is not None


def _without_unit(page: Page, amount: Amount, kind: str, word: str) -> tuple[Number | None, int]:
    if kind == "vague":
        return judge(page, amount, words=True)
    if kind == "native" and word in _ALONE:
        return number(Span(amount.start, amount.end), NumberKind.COUNT, amount.numeral, None, "words.alone"), amount.end
    if kind == "native" and len(word) >= 2 and _AGE_HEAD.search(page.text[max(0, amount.start - 6) : amount.start]):
        return number(Span(amount.start, amount.end), NumberKind.AGE, amount.numeral, None, "words.age"), amount.end
    if word[-1] in "만억" and len(word) == 2 and after(page, amount.end, page.lexicon.words["countable_heads.words"]):
        return number(Span(amount.start, amount.end), NumberKind.COUNT, amount.numeral, None, "bare.counted"), amount.end
    if len(word) >= 3 and any(magnitude in word for magnitude in "십백천만억조"):
        return bare(page, Span(amount.start, amount.end), amount.numeral, word), amount.end
    if page.text.startswith("분의", amount.numeral_end) or page.text.startswith(" 분의", amount.numeral_end):
        return judge(page, amount, words=True)
    return None, amount.end


def _numeral_by_tokens(page: Page, amount: Amount, kind: str, word: str) -> bool:
    """Kiwi's veto: 이/JKS is not 2, 만/MM not 10,000, 사장/NNG not four sheets."""
    tokens = page.tokens.between(amount.start, amount.numeral_end)
    clear = len(word) >= _CLEAR and kind != "native"
    if not tokens:
        return clear
    edges = tokens[0].start == amount.start and tokens[-1].end == amount.numeral_end
    if clear:
        return True
    if not edges:
        return False
    if kind == "sino" and _SINGLE_SINO.fullmatch(word):
        return (
            tokens[0].tag in ("NR", "SN")
            and amount.unit is not None
            and (word in "십백천만억조경해" or amount.unit.name in _SINO_COUNTERS or _measured(amount.unit))
        )
    return all(token.tag in _NUMERAL_TAGS or token.form == "여" for token in tokens) or (
        amount.unit is not None and (len(word) >= 3 or (len(amount.unit.name) > 1 and tokens[0].tag[0] == "N"))
    )
