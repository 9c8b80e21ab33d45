"""Write `lexicons/si_factors.toml`: what each code of `si_units.toml` is worth in the SI, worked out by pint in exact fractions.

    python -m workers.training.si_factors [--check]

With --check nothing is written; the exit code is 1 where the file is not what would be written. pint takes as long to read its own
definitions as everything else of a worker together, so it is no part of what runs.
"""

import sys
import tomllib
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pint

from workers.si import Conversion

LEXICONS = Path(__file__).parents[1] / "lexicons"
FILE = LEXICONS / "si_factors.toml"
HEAD = """# Made by `make si` from si_units.toml, exactly: value * factor + offset, in unit (UCUM).

"""


def main() -> int:
    text = HEAD + "".join(written(conversions(tomllib.loads((LEXICONS / "si_units.toml").read_text("utf-8")))))
    if "--check" not in sys.argv:
        FILE.write_text(text, encoding="utf-8")
    elif FILE.read_text("utf-8") != text:
        print(f"{FILE.name} is not what si_units.toml says: make si", file=sys.stderr)
        return 1
    return 0


def conversions(table: Mapping[str, Mapping[str, Any]]) -> dict[str, Conversion]:
    """By code. Raises ValueError where the units of a table do not measure the same."""
    registry: pint.UnitRegistry[Any] = pint.UnitRegistry(non_int_type=Fraction)
    return {
        code: _conversion(registry, said, unit, row["pint"])
        for unit, row in table.items()
        if unit != "none"
        for code, said in row["codes"].items()
    }


def written(by_code: Mapping[str, Conversion]) -> Iterator[str]:
    """The lines of the file."""
    for code, conversion in by_code.items():
        offset = f', offset = "{conversion.offset}"' if conversion.offset else ""
        yield f'"{code}" = {{ unit = "{conversion.unit}", factor = "{conversion.factor}"{offset} }}\n'


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


if __name__ == "__main__":
    sys.exit(main())
