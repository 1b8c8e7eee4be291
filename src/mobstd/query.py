"""Queries of operations: typed in Python, pairs of strings in a URL."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from types import NoneType, UnionType
from typing import Any, ClassVar, Literal, Self, Union, get_args, get_origin
from urllib.parse import quote

from pydantic import ConfigDict, ValidationError
from pydantic.fields import FieldInfo

from mobstd.canon.validator import Problem
from mobstd.codecs import OnTheWire
from mobstd.models import Model, problems_of, unreadable

__all__ = ["Query"]

Pairs = tuple[tuple[str, str], ...]
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,60})?([eE][+-]?[0-9]{1,3})?")
_PYTHON_KINDS: dict[Any, str] = {bool: "boolean", int: "integer", float: "number"}


class Query(Model):
    """The parameters of one operation, by names in snake case.

    A parameter that was not set reads as its default and is not sent, so that the partner's own
    default holds.
    """

    model_config = ConfigDict(allow_inf_nan=False, extra="forbid", validate_assignment=True)

    REPEATED: ClassVar[frozenset[str]] = frozenset()
    """Lists that are written as one parameter per item; the others are joined by commas."""

    PLACES: ClassVar[tuple[str, ...]] = ()
    """Parameters that stand in the path."""

    @classmethod
    def read(cls, document: Any) -> Self:
        """Return the query of JSON values by wire name; ``None`` and other names are ignored.

        Raises:
            RefusedDocument: where a required parameter is missing or any value is wrong.
        """
        known = _kinds(cls)
        try:
            return cls.model_validate(
                {k: value for k, value in document.items() if k in known and value is not None},
                by_alias=True,
                by_name=False,
            )
        except ValidationError as error:
            raise unreadable(cls, error) from None

    @classmethod
    def from_pairs(cls, pairs: Iterable[tuple[str, str]]) -> tuple[Self | None, list[Problem]]:
        """Return the query that stands in a URL, or why there is none.

        Unknown parameters are ignored. A problem has the name of its parameter as ``path``, or as
        ``member`` where it is missing.
        """
        kinds, values, problems = _kinds(cls), {}, []
        texts: dict[str, list[str]] = {}
        for name, text in pairs:
            if name in kinds:
                texts.setdefault(name, []).append(text)
        for name, given in texts.items():
            kind, is_list = kinds[name]
            items = given
            if is_list and name not in cls.REPEATED:
                items = [item for text in given for item in text.split(",")]
            try:
                read = [_from_text(kind, item) for item in items]
            except ValueError:
                problems.append(_problem(name, "type", kind))
                continue
            if len(read) > 1 and not is_list:
                problems.append(_problem(name, "maxItems", 1))
            values[name] = read if is_list else read[0]
        try:
            query = cls.model_validate(values, by_alias=True, by_name=False)
        except ValidationError as error:
            known = {problem.path for problem in problems}
            problems += [
                p for p in problems_of(error) if (p.path or (p.member or "",)) not in known
            ]
            return None, problems
        return (None if problems else query), problems

    def to_path(self, template: str) -> str:
        """Return the path with what stands in it, percent-encoded."""
        for name, value in self.dump().items():
            if name in self.PLACES:
                template = template.replace(f"{{{name}}}", quote(_to_text(value), safe=""))
        return template

    def to_pairs(self) -> Pairs:
        """Return what was set, as it stands in the query of a URL, in the standard's order."""
        pairs: list[tuple[str, str]] = []
        for name, value in self.dump().items():
            if name in self.PLACES:
                continue
            if isinstance(value, list) and name in self.REPEATED:
                pairs += [(name, _to_text(item)) for item in value]
            elif value is not None:
                pairs.append((name, _to_text(value)))
        return tuple(pairs)


def _problem(name: str, keyword: str, expected: Any) -> Problem:
    return Problem((name,), keyword, None, None, expected, f"{keyword}: {expected}")


def _to_text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_to_text, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def _from_text(kind: str, text: str) -> Any:
    """Return the JSON value that a text stands for.

    Raises:
        ValueError: where it is not of that kind.
    """
    if kind == "string":
        return text
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    value = float(text)
    if kind == "integer" or (value.is_integer() and not {".", "e", "E"} & set(text)):
        if not value.is_integer():
            raise ValueError(text)
        return int(text) if text.lstrip("-").isdecimal() else int(value)
    return value


@cache
def _kinds(query: type[Query]) -> dict[str, tuple[str, bool]]:
    """Return for each wire name the JSON type of its value or items, and whether it is a list."""
    return {field.alias or name: _kind(field) for name, field in query.__pydantic_fields__.items()}


def _kind(field: FieldInfo) -> tuple[str, bool]:
    for mark in field.metadata:
        if isinstance(mark, OnTheWire):
            return mark.kind, False
    return _kind_of(field.annotation)


def _kind_of(annotation: Any) -> tuple[str, bool]:
    marks = [
        mark for mark in getattr(annotation, "__metadata__", ()) if isinstance(mark, OnTheWire)
    ]
    if marks:
        return marks[0].kind, False
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return _kind_of(next(one for one in inner if one is not NoneType))
    if origin is list:
        return _kind_of(inner[0])[0], True
    if origin is Literal:
        return _PYTHON_KINDS.get(type(inner[0]), "string"), False
    if hasattr(annotation, "__metadata__"):
        return _kind_of(inner[0])
    return _PYTHON_KINDS.get(annotation, "string"), False
