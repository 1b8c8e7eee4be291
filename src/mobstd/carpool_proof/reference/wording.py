"""What a schema refuses, in the words of the server's validator."""

from __future__ import annotations

import json
from collections.abc import Iterable

from mobstd.canon.validator import Problem

__all__ = ["crash", "phones_missing", "worded"]

_FORMATS = {"phone-truncated": "phonetrunc", "phone": "phone", "lenient-date-time": "timestamp"}
_MACROS = frozenset(_FORMATS.values())
_LIMITS = {
    "minimum": "must be >= {}",
    "maximum": "must be <= {}",
    "exclusiveMinimum": "must be > {}",
    "exclusiveMaximum": "must be < {}",
    "multipleOf": "must be multiple of {}",
    "minLength": "must NOT have fewer than {} characters",
    "maxLength": "must NOT have more than {} characters",
    "minItems": "must NOT have fewer than {} items",
    "maxItems": "must NOT have more than {} items",
    "minProperties": "must NOT have fewer than {} properties",
    "pattern": 'must match pattern "{}"',
}


def worded(problems: Iterable[Problem]) -> list[str]:
    """Return a line for each problem, as ``/distance: must be > 0``; a macro has two."""
    lines: list[str] = []
    for problem in problems:
        where = "".join(f"/{part}" for part in problem.path)
        lines += [f"{where}: {words}" for words in _words(problem)]
    return list(dict.fromkeys(lines))


def _words(problem: Problem) -> list[str]:
    keyword, expected = problem.keyword, problem.expected
    if keyword == "required":
        return [f"must have required property '{problem.member}'"]
    if keyword in ("additionalProperties", "unevaluatedProperties"):
        return ["must NOT have additional properties"]
    if keyword == "type":
        kinds = expected if isinstance(expected, list) else [expected]
        return [f"must be {','.join(map(str, kinds))}"]
    if keyword == "enum":
        return ["must be equal to one of the allowed values"]
    if keyword == "const":
        return ["must be equal to constant"]
    if keyword in ("anyOf", "oneOf"):
        return [f"must match a schema in {keyword}"]
    if keyword == "format":
        name = _FORMATS.get(str(expected), str(expected))
        macro = ['must pass "macro" keyword validation'] if name in _MACROS else []
        return [f'must match format "{name}"', *macro]
    if keyword in _LIMITS:
        shown = expected if isinstance(expected, str) else json.dumps(expected)
        return [_LIMITS[keyword].format(shown)]
    return [f'must pass "{keyword}" keyword validation']


def phones_missing(problems: Iterable[Problem]) -> list[str]:
    """Return the roles that lack a number, where nothing else is wrong; else nothing.

    The server looks at that by hand, after the dates.
    """
    found = list(problems)
    roles = [str(p.path[0]) for p in found if p.keyword == "anyOf" and p.path[1:] == ("identity",)]
    return sorted(roles) if len(roles) == len(found) else []


_TOO_LONG = "value too long for type character varying({})"


def crash(problems: Iterable[Problem]) -> str:
    """Return what the database says, where it and not the schema is what refuses; else nothing."""
    texts = [_of_database(problem) for problem in problems]
    return texts[0] if texts and all(texts) else ""


def _of_database(problem: Problem) -> str:
    name, value = problem.path[-1] if problem.path else "", problem.value
    if problem.keyword == "maxLength" and isinstance(value, str) and len(value) <= 256:
        columns = {"licence_plate": 32, "user_id": 128}
        return _TOO_LONG.format(columns[name]) if name in columns else ""
    fraction = problem.keyword in ("type", "multipleOf") and isinstance(value, float)
    if fraction and name == "amount" and problem.path[0] == "incentives":
        return f'invalid input syntax for type integer: "{value}"'
    return ""
