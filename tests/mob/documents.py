"""The canon's schemas under both engines."""

from __future__ import annotations

from functools import cache
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.schemas import documents, schema_of
from mobstd.canon.standard import find
from mobstd.canon.validator import Validator, python_validator, validator
from mobstd.judging.pointer import join

VERSION = find("mob@1.21")


@cache
def both(name: str, version: str = "mob@1.21") -> tuple[Validator, Validator]:
    there = find(version)
    schema, every = schema_of(there, name), documents(there)
    return validator(schema, every), python_validator(schema, every)


def refusals(judge: Validator, document: Any) -> set[tuple[str, str]]:
    return {(problem.keyword, join(problem.path)) for problem in judge.problems(document)}


def example(name: str) -> Any:
    return load(VERSION.folder / "examples/valid" / name / "example.json")
