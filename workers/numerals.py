"""Korean numerals: what they look like (regex sources to embed) and what they are worth (`parse`, `value`).

A numeral is folded from left to right over its pieces. Three sums are kept: `current` (a digit not yet multiplied), `group`
(below 10,000) and `total`:

- a digit, a run of digits or a native unit becomes `current`;
- 십 백 천 multiply `current` (nothing there: 1) into `group`, each smaller than the one before it;
- 만 억 조 경 … multiply `group + current` (nothing there: 1) into `total`, each smaller than the one before it;
- native tens (열, 스물 …) go to `group`; 여 opens the sum upwards, up to the next unit of what was last said;
- 수, 몇 stand for 2 to 9, 이삼 for 2 to 3, so every sum is a pair of a low and a high.

Whatever breaks an order (천 after 백, 20000 after 만) is no numeral. The words are the closed set the fold is made of, so they stand here.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

_SINO_DIGITS: Final = {
    **dict(zip("일이삼사오육칠팔구", range(1, 10), strict=True)),
    **dict(zip("一二三四五六七八九", range(1, 10), strict=True)),
    **dict(zip("壹貳參", range(1, 4), strict=True)),
    "륙": 6,
}
_ZEROS: Final = "영공零〇"
_SMALL: Final = {"십": 10, "백": 100, "천": 1000, "十": 10, "拾": 10, "百": 100, "千": 1000}
_BIG: Final = {
    "만": 10**4, "억": 10**8, "조": 10**12, "경": 10**16, "해": 10**20,
    "萬": 10**4, "万": 10**4, "億": 10**8, "亿": 10**8, "兆": 10**12, "京": 10**16,
}  # fmt: skip
_NATIVE_TENS: Final = {"열": 10, "스물": 20, "스무": 20, "서른": 30, "마흔": 40, "쉰": 50, "예순": 60, "일흔": 70, "여든": 80, "아흔": 90}
_NATIVE_UNITS: Final = {
    "하나": 1, "한": 1, "둘": 2, "두": 2, "셋": 3, "세": 3, "석": 3, "서": 3, "넷": 4, "네": 4, "넉": 4, "너": 4,
    "다섯": 5, "닷": 5, "여섯": 6, "엿": 6, "일곱": 7, "여덟": 8, "아홉": 9,
}  # fmt: skip
# Two neighbours said in one breath.
_NATIVE_PAIRS: Final = {
    "한둘": (1, 2), "한두": (1, 2), "두서너": (2, 4), "두서넛": (2, 4), "두세": (2, 3), "두셋": (2, 3), "두어": (2, 3), "두엇": (2, 3),
    "서너": (3, 4), "서넛": (3, 4), "너더댓": (4, 5), "너댓": (4, 5), "네댓": (4, 5), "너덧": (4, 5), "댓": (5, 6),
    "네다섯": (4, 5), "대여섯": (5, 6), "대엿": (5, 6),
    "예닐곱": (6, 7), "일고여덟": (7, 8), "일여덟": (7, 8),
    "여덟아홉": (8, 9), "엳아홉": (8, 9), "여남은": (10, 19),
}  # fmt: skip
_SINO_PAIRS: Final = {
    "일이": (1, 2), "이삼": (2, 3), "삼사": (3, 4), "사오": (4, 5), "오륙": (5, 6), "육칠": (6, 7), "칠팔": (7, 8), "팔구": (8, 9),
}  # fmt: skip
_IN_WORDS: Final = (*_SINO_DIGITS, *_SMALL, *_BIG, *_NATIVE_TENS, *_NATIVE_UNITS, *_NATIVE_PAIRS, "수", "몇")
FIRST_LETTERS: Final = frozenset(word[0] for word in _IN_WORDS) - {"해"}
"""What numerals in words (VAGUE, NATIVE, SINO) begin with."""
LETTERS: Final = frozenset("".join(_IN_WORDS))
"""What they are made of, spaces aside."""
_SEVERAL: Final = (2, 9)
_HALF: Final = {"절반": Decimal("0.5"), "반": Decimal("0.5")}
LONGEST: Final = 60
"""Code points; what is longer is no numeral but a string of digits."""

_MOST_DIGITS: Final = 32
_NOTHING: Final = (Decimal(0), Decimal(0))
_ONE: Final = (Decimal(1), Decimal(1))
_GLYPHS: Final = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅛": (1, 8)}

_WIDE: Final = str.maketrans("０１２３４５６７８９，．－＋", "0123456789,.-+")


def _either(words: object) -> str:
    return "|".join(sorted(map(re.escape, words), key=lambda w: (-len(w), w)))  # type: ignore[call-overload]


_D: Final = "[0-9０-９]"
_SINO_DIGIT: Final = "[" + "".join(_SINO_DIGITS) + "]"
SMALL_MAGNITUDES: Final = "[" + "".join(_SMALL) + "]"
BIG_MAGNITUDES: Final = "[" + "".join(_BIG) + "]"

INTEGER: Final = rf"(?:{_D}{{1,3}}(?:[,，]{_D}{{3}})++(?!{_D})|{_D}++)"
"""Digits, with separators of thousands where they are right."""

DIGITS: Final = rf"(?:{INTEGER}(?:[.．]{_D}++)?)"
"""Digits with separators and decimals: 7, 1,234.5, １２."""

_SINO_GROUP = rf"(?:{_SINO_DIGIT}?[천千])?(?:{_SINO_DIGIT}?[백百])?(?:{_SINO_DIGIT}?[십十拾])?{_SINO_DIGIT}?"
_SINO_START = "[" + "".join([*_SINO_DIGITS, *_SMALL, *_BIG]).replace("해", "") + "]"
_GAP = f"(?: (?={_SINO_START}))?"

SINO: Final = (
    rf"(?:(?={_SINO_START})"
    rf"(?:{_SINO_GROUP}[경京]{_GAP})?(?:{_SINO_GROUP}[조兆]{_GAP})?(?:{_SINO_GROUP}[억億亿]{_GAP})?(?:{_SINO_GROUP}[만萬万]{_GAP})?{_SINO_GROUP})"
)
"""Sino-Korean numerals written out: 이천칠백삼십오만, 三百, 백만, 삼. A single syllable is far more often no numeral: veto it."""

_UNITS_BEFORE = "한|두|세|석|서|네|넉|너|다섯|닷|여섯|엿|일곱|여덟|아홉"
_UNITS_ALONE = "하나|둘|셋|넷"
_PAIRS = _either(_NATIVE_PAIRS)
NATIVE: Final = (
    rf"(?:(?:{_SINO_DIGIT}?[천백])?(?:열|스물|서른|마흔|쉰|예순|일흔|여든|아흔)"
    rf"(?:(?:{_PAIRS}|{_UNITS_ALONE}|{_UNITS_BEFORE})| (?:{_PAIRS}|{_UNITS_ALONE}|{_UNITS_BEFORE})(?![가-힣]{{2}}))?+"
    rf"|(?:{_SINO_DIGIT}?[백천])?(?:스무|{_PAIRS}|{_UNITS_ALONE}|{_UNITS_BEFORE}))"
)
"""Native numerals, as they stand before a counter and alone: 한, 두세, 쉰두, 스물셋, 백스물세."""

_SEVERAL_PAIR = "(?:" + _either(_SINO_PAIRS) + ")"
VAGUE: Final = (
    rf"(?:(?:[수몇] ?|{_SEVERAL_PAIR})(?:[십백천](?: ?[만억조경])?|[만억조경])(?!\d)"
    r"|십수(?= ?[가-힣])|(?:이삼|삼사|사오|오륙|육칠|칠팔|팔구)(?= ?[명개곳번가차회건배위]))"
)
"""Several of a magnitude, or two neighbours of it: 수십, 수백만, 몇천, 이삼십, 삼사백만, 이삼(명)."""

READ_OUT: Final = rf"(?:(?:[영공]|{SINO}) ?점 ?[영공일이삼사오육칠팔구]{{1,4}})"
"""Decimals said digit by digit: 삼십육점오, 영점 오."""

MIXED: Final = (
    rf"(?:{DIGITS}(?:여?{SMALL_MAGNITUDES})?(?:여?{BIG_MAGNITUDES}(?:{BIG_MAGNITUDES}(?!{_D}))?|(?<=[십백천十百千]))"
    rf"(?: ?(?:{INTEGER}|{_SINO_DIGIT}(?={SMALL_MAGNITUDES}|{BIG_MAGNITUDES}))(?:여?{SMALL_MAGNITUDES})?(?:여?{BIG_MAGNITUDES})?){{0,7}}+)"
)
"""Digits with magnitudes: 6조6000억, 3조 2천억, 1만5천, 54만5천366, 1.8만. After a space another may begin: then `parse` says None."""

NUMERAL: Final = rf"(?:{MIXED}|{DIGITS}|{VAGUE}|{NATIVE}|{SINO})"
"""Any of them, the longest reading first where they start alike (almost: 이삼십 is VAGUE, 이십 SINO)."""

_PIECES: Final = re.compile(
    "(?P<digits>" + DIGITS + ")|(?P<pair>" + _either([*_NATIVE_PAIRS, *_SINO_PAIRS])
    + ")|(?P<ten>" + _either(_NATIVE_TENS) + ")|(?P<unit>" + _either(_NATIVE_UNITS)
    + ")|(?P<sino>" + _SINO_DIGIT + ")|(?P<small>" + SMALL_MAGNITUDES + ")|(?P<big>" + BIG_MAGNITUDES
    + ")|(?P<several>[수몇])|(?P<odd>여)|(?P<zero>[" + _ZEROS + "])|(?P<space> )"
)  # fmt: skip
_SIGN: Final = re.compile(r"(?:마이너스|영하|[-−–△▽▼]) ?|(?:플러스|영상|\+) ?")
_FRACTION: Final = re.compile(r"(\S.*?) ?분의 ?(\S.*)|([0-9]{1,4}) ?[/⁄] ?([0-9]{1,4})")
_READ_OUT: Final = re.compile(rf"(\S+?) ?점 ?([{_ZEROS}일이삼사오육륙칠팔구]+)")


@dataclass(frozen=True, slots=True)
class Numeral:
    """The worth of a numeral: `value`, or `low` and `high` where it is vague; `approx` where it says 수, 몇 or 여."""

    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    approx: bool = False

    @property
    def least(self) -> Decimal:
        return self.value if self.value is not None else self.low or Decimal(0)

    @property
    def most(self) -> Decimal:
        return self.value if self.value is not None else self.high or Decimal(0)

    def times(self, factor: Decimal) -> "Numeral":
        """This numeral multiplied by `factor` (a magnitude said once for both ends of a range, a sign)."""
        if self.value is not None:
            return Numeral(whole(self.value * factor), approx=self.approx)
        ends = sorted((whole(self.least * factor), whole(self.most * factor)))
        return Numeral(low=ends[0], high=ends[1], approx=self.approx)


def parse(text: str) -> Numeral | None:
    """What the whole of `text` is worth as a numeral; None if it is none. Spaces around it do not matter."""
    return _parse(text) if len(text) <= LONGEST else None


@lru_cache(maxsize=4096)  # the same few words are asked for again and again: 이, 한, 일, 10
def _parse(text: str) -> Numeral | None:
    text = text.strip().translate(_WIDE)
    if sign := _SIGN.match(text):
        rest = parse_unsigned(text[sign.end() :])
        return rest.times(Decimal(1 if sign.group()[0] in "플+" or sign.group().startswith("영상") else -1)) if rest else None
    return parse_unsigned(text)


def parse_unsigned(text: str) -> Numeral | None:
    """As `parse`, of a text in ASCII digits without a sign."""
    if text.isascii() and text.isdigit():
        return Numeral(Decimal(text)) if len(text) <= _MOST_DIGITS else None
    if text in _HALF:
        return Numeral(_HALF[text])
    if text in _GLYPHS:
        return Numeral(Decimal(_GLYPHS[text][0]) / _GLYPHS[text][1])
    if ("분의" in text or "/" in text or "⁄" in text) and (fraction := _FRACTION.fullmatch(text)):
        below, above = (_fold(fraction[1]), _fold(fraction[2])) if fraction[1] else (_fold(fraction[4]), _fold(fraction[3]))
        if below and above and below.value and above.value is not None:
            return Numeral(above.value / below.value)
        return None
    if "점" in text:
        return _read_out(text)
    return _fold(text)


def value(text: str) -> int | None:
    """The whole number that `text` is; None if it is vague, broken or no numeral."""
    numeral = parse(text)
    if numeral is None or numeral.value is None or numeral.value != int(numeral.value):
        return None
    return int(numeral.value)


def _read_out(text: str) -> Numeral | None:
    """Decimals said digit by digit: 삼점일사."""
    if not (read := _READ_OUT.fullmatch(text)):
        return None
    whole = Numeral(Decimal(0)) if read[1] in _ZEROS else _fold(read[1])
    if whole is None or whole.value is None:
        return None
    digits = "".join("0" if d in _ZEROS else str(_SINO_DIGITS[d]) for d in read[2])
    return Numeral(whole.value + Decimal(f"0.{digits}"))


def _fold(text: str) -> Numeral | None:
    if text in _ZEROS and text:
        return Numeral(Decimal(0))
    total = group = _NOTHING
    current: tuple[Decimal, Decimal] | None = None
    small, big = 10_000, 10**24  # the last multiplier of the group, of the total: what comes must be less
    step = 1  # what 여 after a magnitude may add less than: 만여 10,000, 천억여 100,000,000,000
    approx = native = False
    last, at = "", 0
    while at < len(text):
        piece = _PIECES.match(text, at)
        if piece is None:
            return None
        kind, word, at = piece.lastgroup, piece.group(), piece.end()
        if len(word) > _MOST_DIGITS:
            return None
        if kind == "space":
            if last in ("", "space"):
                return None
            last = last if last == "several" else "space"
            continue
        if kind in ("digits", "sino", "unit", "pair", "several"):
            if current is not None or (native and kind == "sino"):
                return None
            low, high = _worth(kind, word)
            if low >= small and last not in ("", "space") and total == _NOTHING and big == 10**24:
                return None
            if group != _NOTHING and high >= small:
                return None
            if total != _NOTHING and high >= big:
                return None
            current, approx, native = (low, high), approx or kind == "several", native or kind == "unit"
        elif kind == "ten":
            if current is not None or small <= 10 or total != _NOTHING:
                return None
            group, small, native = _add(group, (_NATIVE_TENS[word], _NATIVE_TENS[word])), 10, True
        elif kind == "small":
            factor = _SMALL[word]
            if factor >= small or native:
                return None
            group, current, small = _add(group, _multiply(current or _ONE, factor)), None, factor
        elif kind == "big":
            factor = _BIG[word]
            if native:
                return None
            if last == "big" and factor > big:  # 만억, 만조: ten thousand of them
                total = _multiply(total, factor)
            elif factor >= big:
                return None
            else:
                amount = _add(group, current) if current else group if group != _NOTHING else _ONE
                total = _add(total, _multiply(amount, factor))
            step = factor * (small if last == "small" else 1)
            group, current, small, big = _NOTHING, None, 10_000, factor
        elif kind == "odd":
            if last in ("", "space", "odd"):
                return None
            approx = True
            if last != "several" and (total[0] + group[0] + (current or total)[0]) and total[0] == total[1] and group[0] == group[1]:
                if current is not None and current[0] == current[1]:
                    current = (current[0], current[1] + _last_unit(current[0]) - 1)
                elif current is None and group != _NOTHING:
                    group = (group[0], group[1] + small - 1)
                elif current is None:
                    total = (total[0], total[1] + step - 1)
        else:
            return None
        last = kind or ""
    if last in ("", "space"):
        return None
    low, high = map(whole, _add(_add(total, group), current) if current else _add(total, group))
    return Numeral(low, approx=approx) if low == high else Numeral(low=low, high=high, approx=approx)


def _worth(kind: str, word: str) -> tuple[Decimal, Decimal]:
    if kind == "digits":
        number = Decimal(word.replace(",", ""))
        return number, number
    if kind == "several":
        return Decimal(_SEVERAL[0]), Decimal(_SEVERAL[1])
    if kind == "pair":
        low, high = _NATIVE_PAIRS[word] if word in _NATIVE_PAIRS else _SINO_PAIRS[word]
        return Decimal(low), Decimal(high)
    digit = Decimal(_SINO_DIGITS[word] if kind == "sino" else _NATIVE_UNITS[word])
    return digit, digit


def _last_unit(number: Decimal) -> Decimal:
    """10 for 20, 100 for 1500, 1 for 25: what 여 may add less than."""
    unit = Decimal(1)
    while number and number % (unit * 10) == 0:
        unit *= 10
    return unit


def whole(number: Decimal) -> Decimal:
    """18000 for 18000.0; 2.50 stays."""
    return number.to_integral_value() if number == number.to_integral_value() else number


def _add(a: tuple[Decimal, Decimal], b: tuple[Decimal | int, Decimal | int]) -> tuple[Decimal, Decimal]:
    return a[0] + b[0], a[1] + b[1]


def _multiply(a: tuple[Decimal, Decimal], factor: int) -> tuple[Decimal, Decimal]:
    return a[0] * factor, a[1] * factor
