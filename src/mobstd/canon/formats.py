"""One table of formats for every validator: ``conformance/formats.json``.

A format is a pattern that all regular-expression engines read alike, and, where a pattern cannot
say it, a ``beyond``: the name of a function here that a library answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.root import packaged

__all__ = ["checkers", "python_checker"]

Checker = Callable[[Any], bool]


def _currency(value: str) -> bool:
    from iso4217 import Currency

    return value in Currency.__members__ or any(value == c.code for c in Currency)


@cache
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(accept_unknown=False)


def _public_suffix(value: str) -> bool:
    return _suffixes().privatesuffix(value.lower()) is not None


def _polyline(value: str) -> bool:
    import polyline

    try:
        points = polyline.decode(value)
    except Exception:
        return False
    return all(abs(lat) <= 90 and abs(lng) <= 180 for lat, lng in points)


_BEYOND: dict[str, Callable[[str], bool]] = {
    "iso-4217": _currency,
    "public-suffix": _public_suffix,
    "polyline": _polyline,
}


def _checker(row: dict[str, str]) -> Checker:
    pattern = re.compile(row["pattern"].removesuffix("$") + r"\Z") if "pattern" in row else None
    beyond = _BEYOND[row["beyond"]] if "beyond" in row else None

    def check(value: Any) -> bool:
        if not isinstance(value, str):
            return True
        if pattern is not None and not pattern.match(value):
            return False
        return beyond is None or beyond(value)

    return check


@cache
def checkers() -> dict[str, Checker]:
    """Return a function per format; it accepts whatever is not a string."""
    table = load(packaged().conformance / "formats.json")["formats"]
    return {row["name"]: _checker(row) for row in table}


@cache
def python_checker() -> Any:
    """Return the same table for python-jsonschema."""
    from jsonschema import FormatChecker

    checker = FormatChecker(formats=())
    for name, check in checkers().items():
        checker.checks(name)(check)
    return checker
