"""The names of countries and currencies are those of the locked Babel's CLDR."""

from pathlib import Path

from workers.training import cldr


def test_the_table_is_what_cldr_says() -> None:
    assert Path(cldr.FILE).read_text("utf-8") == cldr.text(), "make cldr"


def test_what_is_no_country_or_needs_no_name() -> None:
    countries, currencies = cldr.countries(), cldr.currencies()
    assert countries["KR"] == "대한민국"
    assert "EU" not in countries
    assert "001" not in countries
    assert currencies["CAD"] == "캐나다 달러"
    assert "XAU" not in currencies
    assert not any("(" in name for name in currencies.values())
