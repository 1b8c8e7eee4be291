"""What tests of every standard look for in documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mobstd.canon.schemas import documents, schema_of
from mobstd.canon.standard import Version
from mobstd.canon.validator import Validator, python_validator, validator
from mobstd.judging.pointer import join


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a document."""
    if isinstance(value, dict):
        yield value
        for child in value.values():
            yield from nodes(child)
    elif isinstance(value, list):
        for child in value:
            yield from nodes(child)


def texts(value: Any) -> Iterator[dict[str, str]]:
    """Yield every text in two languages."""
    return (node for node in nodes(value) if "en" in node or "fr" in node)


def refusals(judge: Validator, document: Any) -> set[tuple[str, str]]:
    """Return keyword and place of every refusal."""
    return {(problem.keyword, join(problem.path)) for problem in judge.problems(document)}


def both(version: Version, name: str) -> tuple[Validator, Validator]:
    """Return the two engines for one schema."""
    schema, registry = schema_of(version, name), documents(version)
    return validator(schema, registry), python_validator(schema, registry)
