"""The tables of time words, units and holidays, as patterns to read with."""

import re
import string
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from workers import limits, numerals
from workers.lazy_pattern import LazyPattern

TABLES: tuple[str, ...] = ("time_words", "time_units", "holidays", limits.TABLE)

RANKS: Final = {
    "lead": 0, "set": 0, "century": 1, "decade": 1, "year": 1, "year_edge": 2, "half": 2, "quarter": 2, "season": 2,
    "month": 3, "holiday": 3, "nth_week": 4, "week": 4, "weekend": 5, "day": 6, "weekday": 7,
    "daypart": 8, "clock": 9, "hour": 9, "minute": 10, "second": 11,
}  # fmt: skip
"""From the coarse to the fine: an expression goes down them."""

NUMBER_LETTERS: Final = frozenset("한두둘세셋석서네넷넉너다닷여엿일아열스마쉰예대이삼사오육륙칠팔구십백천수몇")
"""What a numeral in letters may start with."""


class Word(NamedTuple):
    """One meaning of a word; the fields are those of `time_words.toml`."""

    kind: str
    rule: str
    n: int | None = None
    high: int | None = None
    shift: int | None = None
    code: str = ""
    anaphoric: bool = False
    strict: bool = False
    alone: bool = True
    tags: frozenset[str] = frozenset()
    before: LazyPattern | None = None
    unless_before: LazyPattern | None = None
    unless_after: LazyPattern | None = None


class Unit(NamedTuple):
    """What a number before it can name (`date`) and count (`unit`, a letter of ISO 8601, with T before those of a clock)."""

    date: str | None
    unit: str | None
    unless_before: LazyPattern | None


class Holiday(NamedTuple):
    solar: tuple[int, int] | None
    lunar: tuple[int, int] | None
    easter: int | None
    weekday: tuple[int, int, int, int] | None = None  # month, which, weekday (1 Monday … 7 Sunday), days after it


class NamedDay(NamedTuple):
    """A day of a month that names what happened on it: in which year, what follows it; `alone`: it needs no more than its dot."""

    year: int
    before: LazyPattern
    alone: bool


class Lexicon(NamedTuple):
    """Words by form (without spaces), patterns by first letter."""

    words: Mapping[str, tuple[Word, ...]]
    word_at: Mapping[str, "re.Pattern[str]"]
    units: Mapping[str, Unit]
    native_unit_forms: str
    holidays: Mapping[str, Holiday]
    named_day: "re.Pattern[str]"
    named_years: Mapping[tuple[int, int], NamedDay]
    span_mark: "re.Pattern[str]"
    duration_mark: "re.Pattern[str]"
    counting: "re.Pattern[str]"
    offset: "re.Pattern[str]"
    offsets: Mapping[str, int]
    heads: "re.Pattern[str]"
    second_letters: Mapping[str, frozenset[str]]
    numbers: "re.Pattern[str]"
    word_numbers: "re.Pattern[str]"
    number_letters: frozenset[str]
    after_number: frozenset[str]
    plans: frozenset[str]
    limits: limits.Limits

    @classmethod
    def parse(cls, tables: Mapping[str, Mapping[str, Any]]) -> "Lexicon":
        """From the parsed files of `TABLES`. Raises KeyError or ValueError where a stanza is not as it should be."""
        words: dict[str, list[Word]] = {}
        holidays: dict[str, Holiday] = {}
        for row in tables["time_words"]["word"]:
            _add(words, row["forms"], _word(row))
        for row in tables["holidays"]["holiday"]:
            code = row["code"]
            holidays[code] = Holiday(
                _pair(row.get("solar")), _pair(row.get("lunar")), row.get("easter"), tuple(row["weekday"]) if "weekday" in row else None
            )
            _add(words, row["forms"], _word({**row, "kind": "holiday"}))
        units: dict[str, Unit] = {}
        native: list[str] = []
        digits: list[str] = []
        for row in tables["time_units"]["unit"]:
            for form in row["forms"]:
                units[form.replace(" ", "")] = Unit(row.get("date"), row.get("unit"), _pattern(row.get("unless_before")))
                if row.get("native") or row.get("words_only"):
                    native.append(form)
                if not row.get("words_only"):
                    digits.append(form)
        span, other = (next(r for r in tables["time_units"]["mark"] if bool(r.get("span")) is s) for s in (True, False))
        offsets = {form: row["sign"] for row in tables["time_units"]["offset"] for form in row["forms"]}
        forms = [form for row in (*tables["time_words"]["word"], *tables["holidays"]["holiday"]) for form in row["forms"]]
        word_at = _by_first_letter(forms)
        after_number = numerals.LETTERS | {form[0] for form in (*digits, *native)} | {" ", "여"}
        letters = "".join(sorted({*word_at, *NUMBER_LETTERS} - set(string.digits)))
        return cls(
            # a meaning that asks for what follows is narrower than one that does not
            words={form: tuple(sorted(meanings, key=lambda word: word.before is None)) for form, meanings in words.items()},
            word_at=word_at,
            # not inside a word or a number: letters stand at its start, digits after no digit
            heads=re.compile(
                rf"[{letters}\d'’‘](?<![가-힣][^\d'’‘])(?<!\d\d)(?<!\d[.,:]\d)(?<![A-Za-z]\d)"
                rf"(?:(?<!\d)|(?<=(?={_dated(digits, word_at)}).))"
            ),
            second_letters=_second_letters(forms, after_number) | dict.fromkeys("'’‘", frozenset(string.digits)),  # ’25년
            after_number=after_number,
            numbers=re.compile(
                r"(?P<a>\d{1,4}(?:,\d{3})*+(?:\.\d{1,2})?)(?P<big>[십백천만억]{1,2})?(?P<odd>여)?"
                rf"(?:(?P<sep> ?[~∼～〜] ?|[-–—/·]|, ?)(?P<b>\d{{1,4}})여?)? ?(?P<unit>{_either(digits)})"
            ),
            word_numbers=re.compile(
                rf"(?P<a>(?P<several>{numerals.VAGUE}|수|몇)|(?P<native>{numerals.NATIVE})|(?P<sino>{numerals.SINO}))"
                rf"(?P<odd> ?여)? ?(?P<unit>{_either([*digits, *native])})"
            ),
            number_letters=NUMBER_LETTERS,
            units=units,
            native_unit_forms=_either(native),
            holidays=holidays,
            named_day=re.compile(
                r"(?P<month>\d{1,2})(?P<dot>[·ㆍ‧.])(?P<day>\d{1,2})(?![\d·.])"
                rf"(?P<event>(?<!\.\d)(?<!\.\d\d) ?(?:{_events(tables, dotted=False)})| ?(?:{_events(tables, dotted=True)}))?"
            ),
            named_years={
                (row["day"][0], row["day"][1]): NamedDay(row["year"], LazyPattern(rf" ?(?:{row['before']})"), row.get("alone", False))
                for row in tables["holidays"]["named_day"]
            },
            span_mark=re.compile(rf" ?(?:{_either(span['forms'])})(?!{span['unless_before']})"),
            duration_mark=re.compile(rf" ?(?:{_either([*span['forms'], *other['forms']])})"),
            counting=re.compile("(?:" + "|".join(row["before"] for row in tables["time_units"]["counting"]) + ") ?$"),
            offset=re.compile(rf" ?({_either(offsets)})"),
            offsets=offsets,
            plans=frozenset(form for row in tables["time_units"]["future"] for form in row["forms"]),
            limits=limits.Limits.parse(tables[limits.TABLE]),
        )


def _dated(units: Iterable[str], word_at: Mapping[str, "re.Pattern[str]"]) -> str:
    """What figures may begin a time: with a unit of the calendar, as a date or a clock time, as a year that stands alone."""
    words = [pattern.pattern for first, pattern in word_at.items() if first.isdigit()]
    return "|".join(
        [
            r"\d{1,4}+(?:,\d{3})*+(?:\.\d{1,2})?[십백천만억]{0,2}여?"
            rf"(?:(?: ?[~∼～〜] ?|[-–—/·]|, ?)\d{{1,4}}+여?)? ?(?:{_either(units)})",
            r"(?:1[5-9]|2[01])\d\d(?!\d)|\d{1,2}(?:박|:[0-5]\d|[·ㆍ‧/]\d)",
            r"\d{1,2}[./] ?\d{1,2}(?![\d%％배만억조천백십]| ?[포퍼])",
            *words,
        ]
    )


def _word(row: Mapping[str, Any]) -> Word:
    name = row.get("code") or {None: "", 0: "this", -1: "last", 1: "next"}.get(row.get("shift"), "")
    return Word(
        kind=row["kind"],
        rule=f"times.{row['kind']}" + (f".{name}" if name and row["kind"] not in ("count", "clock") else "").lower(),
        n=row.get("n"),
        high=row.get("high"),
        shift=row.get("shift"),
        code=row.get("code", ""),
        anaphoric=row.get("anaphoric", False),
        strict=row.get("strict", False),
        alone=row.get("alone", row["kind"] not in ("lead", "edge")),
        tags=frozenset(row.get("tags", ())),
        before=_pattern(row.get("before")),
        unless_before=_pattern(row.get("unless_before")),
        unless_after=_pattern(row["unless_after"], end=True) if "unless_after" in row else None,
    )


def _events(tables: Mapping[str, Mapping[str, Any]], *, dotted: bool) -> str:
    return _either(form for row in tables["holidays"]["event"] if row.get("dotted", False) is dotted for form in row["forms"])


def _pattern(source: str | None, *, end: bool = False) -> LazyPattern | None:
    return LazyPattern(f"(?:{source}){'$' if end else ''}") if source else None


def _pair(value: list[int] | None) -> tuple[int, int] | None:
    return (value[0], value[1]) if value else None


def _add(words: dict[str, list[Word]], forms: Iterable[str], word: Word) -> None:
    for form in forms:
        words.setdefault(form.replace(" ", ""), []).append(word)


def _either(forms: Iterable[str]) -> str:
    return "|".join(re.escape(form).replace(r"\ ", " ?") for form in sorted(set(forms), key=lambda f: (-len(f), f)))


def _second_letters(forms: Iterable[str], after_number: frozenset[str]) -> dict[str, frozenset[str]]:
    """For each letter that only words of two letters and more begin with: what comes second in them and, where a number in letters
    may begin so, in such numbers."""
    seconds: dict[str, set[str]] = {}
    for form in forms:
        # a space may be left out
        seconds.setdefault(form[0], set()).update({form[1:2], form[2:3]} if form[1:2] == " " else {form[1:2]})
    for letter in NUMBER_LETTERS:
        seconds.setdefault(letter, set()).update(after_number)
    return {first: frozenset(after) for first, after in seconds.items() if "" not in after and first.isalpha()}


def _by_first_letter(forms: Iterable[str]) -> dict[str, "re.Pattern[str]"]:
    grouped: dict[str, set[str]] = {}
    for form in forms:
        grouped.setdefault(form[0], set()).add(form)
    return {letter: re.compile(_either(group)) for letter, group in grouped.items()}
