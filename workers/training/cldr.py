"""Write `lexicons/cldr.toml`: what countries and currencies are called in Korean, from Unicode's CLDR through Babel.

    python -m workers.training.cldr

Babel takes as long to read a language as all other lexicons together, so it is no part of what runs.
"""

import json
import sys
from collections.abc import Iterator, Mapping

from babel import Locale
from babel.core import get_cldr_version

from workers.runtime import LEXICONS

FILE = LEXICONS / "cldr.toml"
NOT_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})  # codes for unions and none


def main() -> int:
    FILE.write_text(text(), encoding="utf-8")
    return 0


def text() -> str:
    """The content of the file."""
    head = f"# Made by `make cldr` from CLDR {get_cldr_version()} (Unicode licence, see NOTICE).\n"
    return head + "".join(written({"countries": countries(), "currencies": currencies()}))


def countries() -> dict[str, str]:
    """Territory code → its name, without what stands in brackets."""
    named = {code: name.split("(")[0].strip() for code, name in sorted(Locale("ko").territories.items()) if code.isalpha()}
    return {code: name for code, name in named.items() if code not in NOT_COUNTRIES}


def currencies() -> dict[str, str]:
    """ISO 4217 code → name, of those in use whose name says more than `달러`."""
    return {
        code: name
        for code, name in sorted(Locale("ko").currencies.items())
        if " " in name and not any(mark in name for mark in "()0123456789") and not code.startswith("X")
    }


def written(tables: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """The lines of the file."""
    for table, entries in tables.items():
        yield f"\n[{table}]\n"
        for code, name in entries.items():
            yield f"{code} = {json.dumps(name, ensure_ascii=False)}\n"


if __name__ == "__main__":
    sys.exit(main())
