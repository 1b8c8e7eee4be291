"""Which blocks are there, as far as writes tell."""

from __future__ import annotations

from collections.abc import Iterable

from mobstd.canon.openapi import Answer
from mobstd.canon.standard import Version
from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.answers import NOT_THERE, named
from mobstd.conformance.scenarios.edit import parts
from mobstd.conformance.scenarios.resource import where_codes_stand
from mobstd.judging.exchange import Exchange

__all__ = ["names_a_code", "presence"]


def presence(lab: Lab, operations: Iterable[str]) -> dict[str, str]:
    """Return the state of each block that the operations are of, where an answer tells.

    A 404 that names a code of the standard is an answer of the block; a bare one says that it is
    not there, where no operation of the block answered otherwise.
    """
    asked = set(operations)
    out: dict[str, str] = {}
    for exchange in lab.session.exchanges:
        if exchange.operation not in asked or exchange.status is None:
            continue
        block = lab.context.catalogue.block_of.get(exchange.operation or "", "")
        if _there(lab, exchange):
            out[block] = "present"
        elif exchange.status in NOT_THERE:
            out.setdefault(block, "absent")
    return out


def _there(lab: Lab, exchange: Exchange) -> bool:
    operation = lab.context.catalogue.operations[exchange.operation or ""]
    answer = operation.answer(exchange.status or 0)
    if exchange.status not in NOT_THERE:
        return answer is not None and exchange.status not in (401, 429) and not _failed(exchange)
    return names_a_code(lab, exchange)


def names_a_code(lab: Lab, exchange: Exchange) -> bool:
    """Say whether a refusal names a code that the standard has for it."""
    operation = lab.context.catalogue.operations[exchange.operation or ""]
    answer = operation.answer(exchange.status or 0)
    if answer is None:
        return False
    version = lab.context.catalogue.version
    text = named(exchange, where_codes_stand(version))
    return any(code in text for code in answer.codes or _listed(version, answer))


def _listed(version: Version, answer: Answer) -> list[str]:
    """Return the codes that the schema of a refusal lists; of several lists the narrowest."""
    name = where_codes_stand(version).rpartition("/")[2]
    lists = [
        part["properties"][name]["enum"]
        for schema in answer.content.values()
        for part in parts(version, schema or {})
        if "enum" in part.get("properties", {}).get(name, {})
    ]
    return min(lists, key=len, default=[])


def _failed(exchange: Exchange) -> bool:
    return (exchange.status or 500) >= 500
