"""Judges one document against one schema: jsonschema-rs, or python-jsonschema where there is none.

Both get the same formats, from ``conformance/formats.json``, and the same offline registry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from mobstd.canon import formats
from mobstd.errors import CanonError

__all__ = ["Documents", "Problem", "Validator", "of_rust", "python_validator", "validator"]


@dataclass(frozen=True)
class Problem:
    """One reason why a schema refuses a document.

    Attributes:
        path: keys and indexes from the root of the document.
        keyword: the keyword that refuses, such as ``required``.
        member: the missing member, for ``required``.
        value: the value that is refused (the object, for ``required``).
        expected: what the keyword asks for.
        message: the validator's own words, in English.
        variants: for ``oneOf`` and ``anyOf``, why each variant refuses; empty where it does not.
        name: for ``propertyNames``, why the name is refused.
    """

    path: tuple[str | int, ...]
    keyword: str
    member: str | None
    value: Any
    expected: Any
    message: str
    variants: tuple[tuple[Problem, ...], ...] = ()
    name: Problem | None = None


class Validator(Protocol):
    """Judges documents against one schema."""

    def is_valid(self, document: Any) -> bool:
        """Say whether the schema accepts the document."""

    def problems(self, document: Any) -> Iterator[Problem]:
        """Yield every reason why it does not."""


Documents = Mapping[str, Mapping[str, Any]]
_MEMBER = re.compile(r"^[\"'](?P<name>.*?)[\"'] is a required property", re.DOTALL)
_QUOTED = re.compile(r"'([^']*)'")


class _Rust:
    def __init__(self, schema: Mapping[str, Any], documents: Documents) -> None:
        import jsonschema_rs

        resources: Any = documents.items()
        try:
            registry = jsonschema_rs.Registry(list(resources)) if documents else None
            self._validator = jsonschema_rs.validator_for(
                dict(schema),
                registry=registry,
                offline=True,
                validate_formats=True,
                ignore_unknown_formats=False,
                formats=formats.checkers(),
            )
        except (ValueError, jsonschema_rs.ReferencingError) as error:
            raise CanonError("canon.bad-schema", reason=str(error)) from None

    def is_valid(self, document: Any) -> bool:
        return self._validator.is_valid(document)

    def problems(self, document: Any) -> Iterator[Problem]:
        yield from map(of_rust, self._validator.iter_errors(document))


def of_rust(error: Any) -> Problem:
    """Return the problem that an error of jsonschema-rs is."""
    kind = error.kind
    return Problem(
        tuple(error.instance_path),
        kind.name,
        kind.property if kind.name == "required" else None,
        error.instance,
        getattr(kind, "value", None),
        error.message,
        tuple(tuple(map(of_rust, variant)) for variant in getattr(kind, "context", ())),
        of_rust(kind.error) if kind.name == "propertyNames" else None,
    )


class _Python:
    def __init__(self, schema: Mapping[str, Any], documents: Documents) -> None:
        from jsonschema import Draft202012Validator
        from referencing import Registry
        from referencing.jsonschema import DRAFT202012

        formats.refuse_unknown(schema, *documents.values())
        resources = [(uri, DRAFT202012.create_resource(doc)) for uri, doc in documents.items()]
        registry: Any = Registry().with_resources(resources)
        self._validator = Draft202012Validator(
            schema, registry=registry, format_checker=formats.python_checker()
        )

    def is_valid(self, document: Any) -> bool:
        return bool(self._validator.is_valid(document))

    def problems(self, document: Any) -> Iterator[Problem]:
        yield from map(_of_python, self._validator.iter_errors(document))


def _of_python(error: Any) -> Problem:
    keyword = str(error.validator)
    named = _MEMBER.match(error.message) if keyword == "required" else None
    expected = error.validator_value
    variants: tuple[list[Problem], ...] = ()
    if keyword in ("oneOf", "anyOf"):
        variants = tuple([] for _ in expected)
        for below in error.context:
            variants[below.schema_path[0]].append(_of_python(below))
    elif keyword in ("additionalProperties", "unevaluatedProperties"):
        expected = _QUOTED.findall(error.message)
    return Problem(
        tuple(error.absolute_path),
        keyword,
        named["name"] if named else None,
        error.instance,
        expected,
        error.message,
        tuple(map(tuple, variants)),
    )


def python_validator(schema: Mapping[str, Any], documents: Documents) -> Validator:
    """Return the second opinion: python-jsonschema.

    Raises:
        CanonError: for an unknown format.
    """
    return _Python(schema, documents)


def validator(schema: Mapping[str, Any], documents: Documents) -> Validator:
    """Return a validator of ``schema``; ``documents`` are what it may refer to, by ``$id``.

    Raises:
        CanonError: for a broken schema, a dangling reference or an unknown format.
    """
    formats.refuse_unknown(schema)
    make: Callable[[Mapping[str, Any], Documents], Validator] = _Rust
    try:
        import jsonschema_rs  # noqa: F401
    except ImportError:
        make = _Python
    return make(schema, documents)
