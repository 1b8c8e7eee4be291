"""One table of formats for every validator: ``conformance/formats.json``.

A format is a pattern that all regular-expression engines read alike, and, where a pattern cannot
say it, a ``beyond``: the name of a function here, most of which ask a library.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.root import packaged
from mobstd.errors import CanonError, MissingExtra

__all__ = ["checkers", "python_checker", "refuse_unknown", "table"]

Checker = Callable[[Any], bool]

_DATA = ("const", "default", "enum", "example", "examples")
_NAMED = ("$defs", "definitions", "dependentSchemas", "patternProperties", "properties")


def _date(value: str) -> bool:
    year, month, day = (int(part) for part in value[:10].split("-"))
    return day <= monthrange(year or 4, month)[1]


def _time(value: str) -> bool:
    """Say whether a full-time may be: second 60 is 23:59:60 in UTC and nowhere else."""
    if value[6:8] != "60":
        return True
    minutes = int(value[:2]) * 60 + int(value[3:5])
    if value[-1] not in "Zz":
        offset = int(value[-5:-3]) * 60 + int(value[-2:])
        minutes -= offset if value[-6] == "+" else -offset
    return minutes % 1440 == 1439


def _date_time(value: str) -> bool:
    return _date(value) and _time(value[11:])


def _ipv6(value: str) -> bool:
    from ipaddress import AddressValueError, IPv6Address

    try:
        IPv6Address(value)
    except AddressValueError:
        return False
    return True


def _regex(value: str) -> bool:
    try:
        re.compile(value)
    except re.error:
        return False
    return True


@cache
def _currencies() -> frozenset[str]:
    from iso4217 import Currency

    return frozenset(currency.code for currency in Currency)


def _currency(value: str) -> bool:
    return value in _currencies()


@cache
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(accept_unknown=False, only_icann=True)


@lru_cache(1024)
def _registrable(value: str) -> bool:
    import idna

    try:
        name = idna.encode(value, uts46=True).decode("ascii").lower()
    except idna.IDNAError:
        return False
    return _suffixes().privatesuffix(name) is not None


def _polyline(value: str) -> bool:
    import polyline

    try:
        points = polyline.decode(value)
    except IndexError:
        return False
    return all(abs(lat) <= 90 and abs(lng) <= 180 for lat, lng in points)


def _phone(value: str) -> bool:
    from mobstd.canon.phones import is_phone

    return is_phone(value)


def _phone_truncated(value: str) -> bool:
    from mobstd.canon.phones import is_truncated

    return is_truncated(value)


_BEYOND: dict[str, Callable[[str], bool]] = {
    "date": _date,
    "date-time": _date_time,
    "encoded-polyline": _polyline,
    "ipv6": _ipv6,
    "iso-4217": _currency,
    "phone": _phone,
    "phone-truncated": _phone_truncated,
    "regex": _regex,
    "registrable-domain": _registrable,
    "time": _time,
}


def _checker(row: Mapping[str, Any]) -> Checker:
    pattern = re.compile(row["pattern"].removesuffix("$") + r"\Z") if "pattern" in row else None
    longest = row.get("max_length")
    beyond = lru_cache(maxsize=2048)(_BEYOND[row["beyond"]]) if "beyond" in row else None

    def check(value: Any) -> bool:
        if not isinstance(value, str):
            return True
        if longest is not None and len(value) > longest:
            return False
        if pattern is not None and not pattern.match(value):
            return False
        try:
            return beyond is None or beyond(value)
        except ImportError:
            raise MissingExtra(
                "formats.missing-library",
                format=row["name"],
                library=row["needs"],
                extra=row.get("extra", "conformance"),
            ) from None

    return check


@cache
def table() -> Mapping[str, Mapping[str, Any]]:
    """Return the rows of the table by name."""
    rows = load(packaged().conformance / "formats.json")["formats"]
    return {row["name"]: row for row in rows}


@cache
def checkers() -> dict[str, Checker]:
    """Return a function per format; it accepts whatever is not a string."""
    return {name: _checker(row) for name, row in table().items()}


@cache
def python_checker() -> Any:
    """Return the same table for python-jsonschema."""
    from jsonschema import FormatChecker

    checker = FormatChecker(formats=())
    checker.checkers = {name: (check, ()) for name, check in checkers().items()}
    return checker


def _named(schema: Any) -> Iterator[str]:
    """Yield each value of ``format`` that stands where a keyword stands."""
    if isinstance(schema, list):
        for item in schema:
            yield from _named(item)
    elif isinstance(schema, Mapping):
        for key, value in schema.items():
            if key == "format" and isinstance(value, str):
                yield value
            elif key in _NAMED and isinstance(value, Mapping):
                yield from _named(list(value.values()))
            elif key not in _DATA:
                yield from _named(value)


def refuse_unknown(*schemas: Any) -> None:
    """Refuse schemas that name a format which is not in the table.

    Raises:
        CanonError: with the formats that are.
    """
    for schema in schemas:
        for name in _named(schema):
            if name not in table():
                known = ", ".join(sorted(table()))
                raise CanonError("formats.unknown", format=name, known=known)
