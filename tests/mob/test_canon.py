"""Schemas, their examples and the interface are valid."""

from __future__ import annotations

import jsonschema_rs
import pytest
from openapi_spec_validator import validate

from mobstd.canon.files import load
from mobstd.canon.openapi import bundle
from mobstd.canon.schemas import schema_names, schema_of

from .documents import VERSION, both, refusals

NAMES = schema_names(VERSION)


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_valid_and_its_examples_are_of_both_kinds(name: str) -> None:
    schema = schema_of(VERSION, name)
    jsonschema_rs.meta.validate(dict(schema))
    for judge in both(name):
        for kind, accepted in (("valid", True), ("invalid", False)):
            found = list((VERSION.folder / "examples" / kind / name).glob("*.json"))
            assert found
            for path in found:
                assert (refusals(judge, load(path)) == set()) == accepted


def test_the_interface_is_valid_and_its_deprecated_family_is_marked() -> None:
    whole = bundle(VERSION, "platform")
    validate(whole)
    for path, operations in whole["paths"].items():
        for operation in operations.values():
            assert operation.get("deprecated", False) == path.startswith("/v1/maas/")
            assert all(len(one) == 1 for one in operation["security"])
