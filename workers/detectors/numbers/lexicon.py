"""The tables of numbers as the detector looks things up in them."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from schemas.labels import NumberKind
from workers import limits
from workers.si import Conversions

TABLES: tuple[str, ...] = ("counters", "units", "currencies", "cldr", "not_numbers", "si_factors", limits.TABLE)


class Unit(NamedTuple):
    """What a word after a numeral makes of it. `kind` None: no number at all, but a time or part of a name."""

    name: str
    kind: NumberKind | None
    code: str | None
    rule: str
    factor: Decimal | None = None


class Units(NamedTuple):
    """Units by name, with the longest that stands at a place first."""

    names: Mapping[str, Unit]
    lengths: Mapping[str, tuple[int, ...]]  # of the names that begin with that character, longest first

    @classmethod
    def of(cls, units: Iterable[Unit]) -> "Units":
        names = {unit.name: unit for unit in units}
        lengths: dict[str, set[int]] = {}
        for name in names:
            lengths.setdefault(name[0], set()).add(len(name))
        return cls(
            MappingProxyType(names), MappingProxyType({first: tuple(sorted(sizes, reverse=True)) for first, sizes in lengths.items()})
        )

    def at(self, text: str, start: int) -> list[Unit]:
        """The units whose names stand at `start`, longest first."""
        sizes = self.lengths.get(text[start : start + 1], ())
        return [self.names[name] for size in sizes if (name := text[start : start + size]) in self.names]


class Lexicon(NamedTuple):
    """Units, currency signs, and the words that decide between readings."""

    units: Units
    signs: Mapping[str, str]
    magnitudes: Mapping[str, Decimal]
    rates: Mapping[str, str]
    degrees: Mapping[str, frozenset[str]]
    words: Mapping[str, frozenset[str]]
    needed: Mapping[str, re.Pattern[str]]
    idiom: re.Pattern[str]
    index_head: re.Pattern[str]
    hints: Mapping[str, re.Pattern[str]]
    limits: limits.Limits
    si: Conversions

    @classmethod
    def parse(cls, tables: Mapping[str, dict[str, Any]]) -> "Lexicon":
        """From the parsed files of `TABLES`."""
        counters, units, currencies, cldr, words, si, limit_words = (tables[name] for name in TABLES)
        hints = words["hints"]
        return cls(
            units=Units.of(
                [
                    *_full_names(cldr["currencies"]),
                    *_counters(counters),
                    *_scaled(units["scaled_counts"]),
                    *_measures(units),
                    *_currencies(currencies),
                ]
            ),
            signs=currencies["signs"],
            magnitudes={word: Decimal(worth) for word, worth in currencies["magnitudes"].items()},
            rates=units["rates"],
            degrees={code: frozenset(names) for code, names in units["degrees"].items()},
            words={
                f"{table}.{key}": frozenset(entries)
                for table, content in words.items()
                if table not in ("hints", "needed")
                for key, entries in content.items()
            },
            needed={unit: re.compile(rf" ?(?:{_either(after)})") for unit, after in words["needed"].items()},
            idiom=re.compile(_either(words["idioms"]["words"])),
            index_head=re.compile(rf"(?:{_either(words['index_heads']['words'])})(?:[은는이가의을를]|에서)? ?\Z"),
            hints={
                key: re.compile(rf"(?:{_either(entries)})" + (r"[ (]{0,2}\Z" if key.endswith("before") else ""))
                for key, entries in hints.items()
            },
            limits=limits.Limits.parse(limit_words),
            si=Conversions.parse(si),
        )


def _either(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=lambda word: (-len(word), word)))


def _counters(tables: Mapping[str, Mapping[str, str]]) -> Iterable[Unit]:
    for table, entries in tables.items():
        kind = None if table in ("time", "name") else NumberKind(table)
        for name in entries:
            code = name if kind is NumberKind.COUNT else None
            yield Unit(name, kind, code, f"units.{table}")


def _measures(tables: Mapping[str, Mapping[str, Any]]) -> Iterable[Unit]:
    for table in ("measure", "percent", "percentage_point", "fraction"):
        kind = NumberKind(table)
        for code, names in tables[table].items():
            for name in names:
                if kind is NumberKind.FRACTION:
                    yield Unit(name, kind, None, "units.fraction", Decimal(code))
                else:
                    yield Unit(name, kind, code, f"units.{table}")


def _scaled(table: Mapping[str, tuple[str, str]]) -> Iterable[Unit]:
    """128K 토큰: an English magnitude before the counter."""
    for name, (counter, factor) in table.items():
        for written in (name, name.replace(" ", "")):
            yield Unit(written, NumberKind.COUNT, counter, "units.scaled", Decimal(factor))


def _currencies(tables: Mapping[str, Any]) -> Iterable[Unit]:
    for name, code in tables["names"].items():
        yield Unit(name, NumberKind.MONEY, code, "units.money")
    for name, (code, factor) in tables["scales"].items():
        yield Unit(name, NumberKind.MONEY, code, "units.money", Decimal(factor))


def _full_names(currencies: Mapping[str, str]) -> Iterable[Unit]:
    """캐나다 달러, also written 캐나다달러."""
    for code, name in currencies.items():
        yield Unit(name, NumberKind.MONEY, code, "units.money")
        yield Unit(name.replace(" ", ""), NumberKind.MONEY, code, "units.money")
