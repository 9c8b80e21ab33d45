"""Numbers in figures: 1만5000장, $5억, 3.2%, 12위."""

import re
import string
from collections.abc import Iterator
from decimal import Decimal

from schemas.labels import NumberKind
from workers.annotations import Number
from workers.detectors.numbers.judging import judge
from workers.detectors.numbers.reading import FIGURES, Amount, Page, complete
from workers.document import Span
from workers.lazy_pattern import LazyPattern

_DIGIT = re.compile("[0-9０-９]")
_MINUS = LazyPattern(r"(?:마이너스 ?|영하 ?|(?<![\w가-힣.)\]%])[-−–]|[△▽▼])\Z")
_PLUS = LazyPattern(r"(?<![\w가-힣.)\]%])\+\Z")
_SIGN = LazyPattern(r"(US\$|HK\$|NT\$|NZ\$|[ACSR]\$|[$＄₩￦€£￡¥￥₹₽₫฿₺₱]) ?\Z")
_ENGLISH = LazyPattern(r" ?(thousand|million|billion|trillion|bn|mn|[KkMmBT])(?![A-Za-z])")
# Digits that refer: dates, clocks, telephones, versions, addresses in networks, citations, list marks.
_REFERENCE = LazyPattern(
    r"\d{4} ?[-./] ?\d{1,2} ?[-./] ?\d{1,2}(?!\d)"
    r"|0\d{1,2}[-) .]{1,2}\d{3,4}[- .]\d{4}|1[3-9]\d\d-\d{4}|\d{2,6}-\d{2,7}-\d{2,7}|\d{3}-\d{4}(?!\d)"
    r"|(?:11[2-9]|1[38]2|120|911)(?= ?(?:구조|구급|신고|상황실|대원|센터|에 (?:신고|전화|연락|도움)|에도 |에서 출동|로 (?:신고|전화)))"
    r"|[3458]86 ?세대|[1-7]0[2-8]0(?= ?(?:세대|여성|남성|직장인|청년|고객|소비자))"
    r"|\d+(?:\.\d+){2,}|\d{1,2}:\d{2}(?!\d)(?::\d{2})?"
    r"|\d{1,2}[·.]\d{1,2}(?=(?:운동|혁명|사태|절|민주|총선|대선|지방선거|전당대회|항쟁|만세|전쟁|사건|부동산|대책) ?)"
)
_ARTICLE = LazyPattern(r"\d+조(?:의 ?\d+)?(?: ?제?\d+항)?(?: ?제?\d+호)?")
_ARTICLE_HEAD = LazyPattern(r"(?:제 ?|(?:법|조례|규칙|시행령|협약|조약|규정|헌법) ?)\Z")
_CALLED = frozenset({"112", "113", "114", "115", "116", "117", "118", "119", "182", "132", "120", "911", "386", "486", "586", "886"}) | {
    f"{tens}0{twos}0" for tens in "1234567" for twos in "2345678"
}
_REFERRING = frozenset("-./:·) ")  # what follows the first digits of a reference
_JOINING = frozenset("_#@/:-–.,") | frozenset(string.ascii_letters)
_MARKING = frozenset("$＄₩￦€£￡¥￥₹₽₫฿₺₱제스하-−–△▽▼+")  # what a sign, 제, 마이너스, 영하 end in
_METRE = frozenset("mｍ")
_AVERAGE = LazyPattern(r"([0-9])할(?: ?([0-9])푼)?(?: ?([0-9])리)?")
_METRES = LazyPattern(r"(\d{1,2})[mｍ](\d{2})(?![\dA-Za-z])")  # 2m35
_LIST_MARK = re.compile(r"\d{1,3}[.)](?=[ \t])")
_URL = LazyPattern(r"(?:https?://|www\.)[^\s가-힣<>\"']+")
_AGE_OPEN = LazyPattern(r"(?:[가-힣]|[A-Z]) ?[(（]\Z|(?:본명|[(（]) ?[가-힣]{2,5}[·ㆍ,] ?\Z|[(（][여남] ?[·ㆍ,] ?\Z")
_AGE_CLOSE = LazyPattern(r"(?:[)）]| ?[,·ㆍ] ?[가-힣A-Za-z0-9 ]{1,14}[)）·,])")
_PERSON_NEXT = LazyPattern(
    r"[)）] ?(?:씨|[군양](?=[이은에의을과]|도|[^가-힣])|전 |대표|감독|선수|의원|교수|회장|사장|작가|기자|원장|소장|시장|지사|장관|후보)"
    r"|[·ㆍ](?:[남여]|구속|[가-힣]{2,12})[)）]"
)
_NAME_BEFORE = LazyPattern(r"(?:(?<![가-힣])[가-힣]{2,4}|(?<![A-Z])[A-Z]) ?[(（]\Z")
_JOINED = re.compile(r"(?:[A-Za-z_#@/:][-–]?|(?<!\.)\.[-–]?|[가-힣0-9]-)\Z")
_CODE = LazyPattern(r"0\d+(?![.\d])")
_PREFIX = LazyPattern(r"(?<![가-힣])제 ?\Z")
_HANGUL_BEFORE = re.compile(r"[가-힣]\Z")
_LISTABLE = (NumberKind.RANK, NumberKind.ORDINAL, NumberKind.COUNT, NumberKind.SCORE, NumberKind.AGE)
_LIST_NEXT = re.compile(r" ?[·ㆍ,] ?(?=[0-9])")
_BEFORE_ARGUMENT = LazyPattern(r"(?:[은는이가의서과와로게]|까지) ?\Z")
_AFTER_ARGUMENT = LazyPattern(
    r"(?:으로|로|에서|에|을|를|까지|보다|이다|다|였다|이었다|입니다|이며|이고|였고|이던|이었던|였던|이었는데|였는데|이지만)(?![가-힣]{2})"
    r"|이 [됐되된]"
)


def find(page: Page) -> Iterator[Number]:
    """Candidates from figures, in order."""
    text = page.text
    urls = [match.span() for match in _URL.finditer(text)] if "://" in text or "www." in text else []
    place, url = 0, 0
    while digit := _DIGIT.search(text, place):  # ten times as fast as to search for figures
        start = digit.start()
        match = FIGURES.match(text, start)
        if match is None:
            place = digit.end()
            continue
        while url < len(urls) and urls[url][1] <= start:
            url += 1
        if url < len(urls) and urls[url][0] <= start:
            place = urls[url][1]
            continue
        if page.elsewhere.at(start):
            place = match.end()
            continue
        found, place = _at(page, start, match.end())
        if found:
            yield found


def _at(page: Page, start: int, end: int) -> tuple[Number | None, int]:
    """The number in figures at `start`, if it is one, and where to go on."""
    # most numbers are plain ones: what is rare is looked for only where a letter of it stands
    text, after = page.text, page.text[end : end + 1]
    refers = after in _REFERRING or (text[end - 1] == " ") or ("." in text[start:end] and (after == "." or "가" <= after <= "힣"))
    if (refers or (2 < end - start < 5 and text[start:end] in _CALLED)) and (reference := _REFERENCE.match(text, start)):
        return None, max(end, reference.end())
    if (start == 0 or text[start - 1] == "\n") and (mark := _LIST_MARK.match(text, start)):
        return None, mark.end()
    left = text[max(0, start - 8) : start]
    if left and left[-1] in _JOINING and (_JOINED.search(left) or (left[-1] == "," and left[-2:-1].isdecimal() and end - start > 2)):
        return None, end
    if (
        "조" in text[start : end + 1]
        and (article := _ARTICLE.match(text, start))
        and (_ARTICLE_HEAD.search(left) or article.group()[-1] in "항호")
    ):
        return None, max(article.end(), start + 1)
    if text.startswith("할", start + 1) and (average := _AVERAGE.match(text, start)) and (average[2] or average[3]):
        worth = Decimal(f"0.{average[1]}{average[2] or 0}{average[3] or ''}")
        return Number(Span(*average.span()), NumberKind.FRACTION, "figures.tenths", worth), average.end()
    if after in _METRE and (metres := _METRES.match(text, start)):
        worth = Decimal(f"{metres[1]}.{metres[2]}")
        return Number(Span(*metres.span()), NumberKind.MEASURE, "figures.metres", worth, unit="m"), metres.end()
    amount = complete(page, start, end)
    if amount is None:
        return None, end
    if left and (left[-1] if left[-1] != " " else left[-2:-1]) in _MARKING and (marked := _marked(page, amount, left)):
        return marked
    if text[start] == "0" and _CODE.match(text, start):  # 007
        return None, amount.end
    if amount.unit is None and (alone := _alone(page, amount, left)):
        return alone, max(amount.end, alone.span.end)
    if amount.unit is None and _HANGUL_BEFORE.search(left):  # 시즌5
        _, place = judge(page, amount, words=False)
        return None, place
    return judge(page, amount, words=False)


def _marked(page: Page, amount: Amount, left: str) -> tuple[Number | None, int] | None:
    """The number with what stands right before it: $5, 제3차, -2%, 영하 3도; and where to go on."""
    if sign := _SIGN.search(left):
        return _money(page, amount, sign[1], amount.start - len(sign[0]))
    if ordinal := _PREFIX.search(left):  # 제3차
        if amount.unit is None:
            listed = _alone(page, amount, "")
            return (listed._replace(span=Span(amount.start - len(ordinal[0]), listed.span.end)) if listed else None), amount.end
        return judge(page, amount, words=False, start=amount.start - len(ordinal[0]))
    if _CODE.match(page.text, amount.start):
        return None, amount.end
    if minus := _MINUS.search(left):
        return judge(page, amount.scaled(Decimal(-1)), words=False, start=amount.start - len(minus[0]))
    if plus := _PLUS.search(left):
        return judge(page, amount, words=False, start=amount.start - len(plus[0]))
    return None


def _money(page: Page, amount: Amount, sign: str, start: int) -> tuple[Number | None, int]:
    """$5억, ₩3,000, $1.2 billion."""
    numeral, end = amount.numeral, amount.numeral_end
    if english := _ENGLISH.match(page.text, end):
        numeral, end = numeral.times(page.lexicon.magnitudes[english[1]]), english.end()
    code = page.lexicon.signs[sign]
    return Number(Span(start, end), NumberKind.MONEY, "units.sign", numeral.value, numeral.low, numeral.high, code, numeral.approx), end


def _of_a_person(page: Page, amount: Amount, left: str) -> bool:
    """Whether what stands before the bracket is a person: 김모(46), not 그림(2)."""
    if not left.rstrip().endswith(("(", "（")):
        return True  # 본명 …·35)
    before = page.tokens.before(page.text.rindex(left.rstrip()[-1], 0, amount.start), 1)
    if not before or amount.numeral.value is None:
        return False
    form, tag = before[0].form, before[0].tag
    if _NAME_BEFORE.search(left) and _PERSON_NEXT.match(page.text, amount.end):
        return True  # a name that Kiwi does not know: 곽도린(37) 씨, 이모(35·운전수)
    if form in page.lexicon.words["persons.words"]:
        return True
    return amount.numeral.value >= 10 and (tag == "NNP" or (tag == "SL" and len(form) == 1))


def _alone(page: Page, amount: Amount, left: str) -> Number | None:
    """A number without a unit that its place explains: an age in brackets, the head of a list, an index."""
    text, numeral = page.text, amount.numeral
    span = Span(amount.start, amount.end)
    if numeral.value is None:
        return None
    if (
        _AGE_OPEN.search(left)
        and numeral.value <= 110
        and numeral.value % 1 == 0
        and _AGE_CLOSE.match(text, amount.end)
        and _of_a_person(page, amount, left)
    ):
        return Number(span, NumberKind.AGE, "figures.age_in_brackets", numeral.value)
    if numeral.value % 1 == 0 and (listed := _LIST_NEXT.match(text, amount.end)):  # not 타율 0.281, 9홈런
        following = FIGURES.match(text, listed.end())
        other = complete(page, listed.end(), following.end()) if following else None
        if other and other.unit and other.numeral.value is not None and other.unit.kind in _LISTABLE and other.numeral.value < 100:
            settled, _ = judge(page, other, words=False)
            if settled and settled.kind is NumberKind.AGE and settled.value is None:
                return Number(span, settled.kind, "figures.list", low=numeral.value, high=numeral.value + 9)
            if settled and settled.kind is NumberKind.COUNT and "," in listed.group() and settled.value == numeral.value + 1:
                # 2, 3명: two or three
                return settled._replace(span=Span(amount.start, settled.span.end), value=None, low=numeral.value, high=settled.value)
            return Number(span, settled.kind, "figures.list", numeral.value, unit=settled.unit) if settled else None
    if not text[amount.numeral_end - 1].isdecimal():
        return None
    lead = page.tokens.before(amount.start, 1)
    marked = bool(lead) and lead[0].tag[0] == "J" and _BEFORE_ARGUMENT.search(left)
    timed = left.endswith(" ") and page.elsewhere.at(amount.start - 2)  # `올해 300이 됐다`
    argument = (marked or timed) and _AFTER_ARGUMENT.match(text, amount.end)
    if argument or page.lexicon.index_head.search(left):
        return Number(span, NumberKind.PLAIN, "figures.index", numeral.value)
    return None
