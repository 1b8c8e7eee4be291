"""The canon's schemas under both engines."""

from __future__ import annotations

from functools import cache
from typing import Any

from tests.documents import refusals

from mobstd.canon.files import load
from mobstd.canon.schemas import documents, schema_of
from mobstd.canon.standard import find
from mobstd.canon.validator import Validator, python_validator, validator

__all__ = ["VERSION", "both", "example", "refusals"]

VERSION = find("mob@1.21")


@cache
def both(name: str, version: str = "mob@1.21") -> tuple[Validator, Validator]:
    there = find(version)
    schema, every = schema_of(there, name), documents(there)
    return validator(schema, every), python_validator(schema, every)


def example(name: str) -> Any:
    return load(VERSION.folder / "examples/valid" / name / "example.json")
