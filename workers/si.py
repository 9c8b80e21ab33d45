"""Measures in the International System of Units: `Conversions` knows each unit's factor, computed once by pint in exact fractions."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

import pint

from workers.annotations import Number, Quantity

DIGITS: Final = 15
"""Significant digits of what no decimal number is exactly (33평)."""

_ROUNDED: Final = Context(prec=DIGITS)
_EXACT: Final = Context(prec=40, traps=[Inexact])


@dataclass(frozen=True, slots=True)
class Conversion:
    """value * factor + offset, in `unit` (UCUM)."""

    unit: str
    factor: Fraction
    offset: Fraction

    def of(self, value: Decimal) -> Decimal:
        """`value` of the unit converted from, in `unit`: exact where a decimal number can be."""
        return _decimal(Fraction(value) * self.factor + self.offset)


@dataclass(frozen=True, slots=True)
class Conversions:
    """By UCUM code, or by a Korean name where UCUM has none."""

    by_code: Mapping[str, Conversion]

    @classmethod
    def parse(cls, table: Mapping[str, Mapping[str, Any]]) -> "Conversions":
        """From the parsed `si_units.toml`. Raises ValueError where the units of a table do not measure the same."""
        registry: pint.UnitRegistry[Any] = pint.UnitRegistry(non_int_type=Fraction)
        return cls(
            MappingProxyType(
                {
                    code: _conversion(registry, said, unit, row["pint"])
                    for unit, row in table.items()
                    if unit != "none"
                    for code, said in row["codes"].items()
                }
            )
        )

    def quantity(self, measure: Number) -> Quantity | None:
        """The measure in the SI; None where the SI has nothing for its unit (dB, ppm)."""
        conversion = self.by_code.get(measure.unit or "")
        if conversion is None:
            return None
        return Quantity(conversion.unit, *(None if n is None else conversion.of(n) for n in (measure.value, measure.low, measure.high)))


def _conversion(registry: "pint.UnitRegistry[Any]", said: str, unit: str, target: str) -> Conversion:
    scale, name = _scaled(said)
    source, goal = registry.parse_units(name), registry.parse_units(target)
    try:
        zero, one = (Fraction(registry.Quantity(Fraction(n), source).to(goal).magnitude) for n in (0, 1))
    except pint.DimensionalityError as error:
        raise ValueError(f"{said} is no {unit}") from error
    return Conversion(unit, scale * (one - zero), zero)


def _scaled(said: str) -> tuple[Fraction, str]:
    """`400/121 m**2` as a factor and a unit."""
    head, _, rest = said.partition(" ")
    try:
        return Fraction(head), rest
    except ValueError:
        return Fraction(1), said


def _decimal(number: Fraction) -> Decimal:
    above, below = Decimal(number.numerator), Decimal(number.denominator)
    try:
        return _EXACT.divide(above, below)
    except Inexact:  # a third, or pi
        return _ROUNDED.divide(above, below)
