"""Measures in the International System of Units: `Conversions` knows each unit's factor, an exact fraction."""

from collections.abc import Mapping
from decimal import Context, Decimal, Inexact
from fractions import Fraction
from types import MappingProxyType
from typing import Final, NamedTuple

from workers.annotations import Number, Quantity

DIGITS: Final = 15
"""Significant digits of what no decimal number is exactly (33평)."""

_ROUNDED: Final = Context(prec=DIGITS)
_EXACT: Final = Context(prec=40, traps=[Inexact])


class Conversion(NamedTuple):
    """value * factor + offset, in `unit` (UCUM)."""

    unit: str
    factor: Fraction
    offset: Fraction

    def of(self, value: Decimal) -> Decimal:
        """`value` of the unit converted from, in `unit`: exact where a decimal number can be."""
        return _decimal(Fraction(value) * self.factor + self.offset)


class Conversions(NamedTuple):
    """By UCUM code, or by a Korean name where UCUM has none."""

    by_code: Mapping[str, Conversion]

    @classmethod
    def parse(cls, table: Mapping[str, Mapping[str, str]]) -> "Conversions":
        """From the parsed `si_factors.toml`."""
        return cls(
            MappingProxyType(
                {code: Conversion(row["unit"], Fraction(row["factor"]), Fraction(row.get("offset", 0))) for code, row in table.items()}
            )
        )

    def quantity(self, measure: Number) -> Quantity | None:
        """The measure in the SI; None where the SI has nothing for its unit (dB, ppm)."""
        conversion = self.by_code.get(measure.unit or "")
        if conversion is None:
            return None
        return Quantity(conversion.unit, *(None if n is None else conversion.of(n) for n in (measure.value, measure.low, measure.high)))


def _decimal(number: Fraction) -> Decimal:
    above, below = Decimal(number.numerator), Decimal(number.denominator)
    try:
        return _EXACT.divide(above, below)
    except Inexact:  # a third, or pi
        return _ROUNDED.divide(above, below)
