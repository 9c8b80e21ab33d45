"""Measures in the SI: every unit converts or is said not to, and the factors are those of the law."""

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.labels import NumberKind
from workers.annotations import Number, Quantity
from workers.document import Span
from workers.pipeline import extract
from workers.runtime import Runtime
from workers.si import Conversions
from workers.training.si_factors import conversions

LEXICONS = Path(__file__).parents[2] / "workers" / "lexicons"
TABLE = tomllib.loads((LEXICONS / "si_units.toml").read_text("utf-8"))
CONVERSIONS = Conversions.parse(tomllib.loads((LEXICONS / "si_factors.toml").read_text("utf-8")))
MEASURES = tomllib.loads((LEXICONS / "units.toml").read_text("utf-8"))["measure"]


def si(value: str, unit: str) -> Quantity | None:
    return CONVERSIONS.quantity(Number(Span(0, 1), NumberKind.MEASURE, "test", Decimal(value), unit=unit))


@pytest.mark.parametrize(
    ("value", "unit", "converted", "to"),
    [
        ("100", "km/h", "27.7777777777778", "m/s"),
        ("36", "km/h", "10", "m/s"),
        ("2.5", "km", "2500", "m"),
        ("242", "평", "800", "m2"),
        ("33", "평", "109.090909090909", "m2"),
        ("1", "정보", "9917.35537190083", "m2"),
        ("5", "근", "3", "kg"),
        ("1", "돈", "0.00375", "kg"),
        ("10", "냥", "0.375", "kg"),
        ("11", "리", "4320", "m"),
        ("33", "자", "10", "m"),
        ("1331", "되", "2.401", "m3"),
        ("4", "말", "0.0721562734785875", "m3"),
        ("1", "[bbl_us]", "0.158987294928", "m3"),
        ("1", "[lb_av]", "0.45359237", "kg"),
        ("3", "[acr_us]", "12140.6178296228", "m2"),
        ("68", "[degF]", "20", "Cel"),
        ("-10", "Cel", "-10", "Cel"),
        ("2", "kW.h", "7200000", "J"),
        ("500", "kcal", "2092000", "J"),
        ("1", "{TOE}", "41868000000", "J"),
        ("1.4", "GW", "1400000000", "W"),
        ("3000", "/min", "50", "/s"),
        ("1013", "hPa", "101300", "Pa"),
        ("35", "ug/m3", "0.000000035", "kg/m3"),
        ("16", "GBy", "16000000000", "By"),
        ("100", "Mbit/s", "12500000", "By/s"),
        ("0.114", "uSv", "0.000000114", "Sv"),
        ("180", "deg", "3.14159265358979", "rad"),
    ],
)
def test_converted(value: str, unit: str, converted: str, to: str) -> None:
    assert si(value, unit) == Quantity(to, Decimal(converted))


def test_a_range_keeps_its_ends() -> None:
    number = Number(Span(0, 1), NumberKind.MEASURE, "test", low=Decimal(1), high=Decimal(2), unit="t")
    assert CONVERSIONS.quantity(number) == Quantity("kg", low=Decimal(1000), high=Decimal(2000))


def test_what_the_si_does_not_know_is_not_converted() -> None:
    assert si("60", "dB") is None


def test_every_measure_converts_or_is_listed_as_one_that_does_not() -> None:
    assert set(MEASURES) <= {*CONVERSIONS.by_code, *TABLE["none"]["codes"]}


def test_units_that_measure_different_things_are_refused() -> None:
    with pytest.raises(ValueError, match="kilogram is no m"):
        conversions({"m": {"pint": "meter", "codes": {"kg": "kilogram"}}})


def test_the_factors_are_those_of_the_units() -> None:
    assert conversions(TABLE) == CONVERSIONS.by_code, "make si"


@given(st.integers(-(10**9), 10**9), st.sampled_from(sorted(CONVERSIONS.by_code)))
def test_a_whole_amount_is_so_many_times_one(amount: int, code: str) -> None:
    conversion = CONVERSIONS.by_code[code]
    exact = amount * conversion.factor + conversion.offset
    assert abs(float(conversion.of(Decimal(amount))) - float(exact)) <= abs(float(exact)) * 1e-14


def test_only_measures_of_a_document_have_it(runtime: Runtime) -> None:
    _, found = extract("그는 10㎞를 달려 쌀 2되와 5명을 옮겼다.", date(2024, 2, 12), runtime)
    assert [number.si and (number.si.unit, str(number.si.value)) for number in found.numbers] == [
        ("m", "10000"),
        ("m3", "0.00360781367392938"),
        None,
    ]
