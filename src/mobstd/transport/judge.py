"""The schemas of one operation, ready to judge what is sent and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from mobstd.endpoint import Endpoint
from mobstd.errors import UnknownName
from mobstd.judging.form import FORM

if TYPE_CHECKING:
    from mobstd.canon.openapi import Operation
    from mobstd.canon.validator import Documents, Validator

__all__ = ["Judge", "judge_of"]


@dataclass(frozen=True)
class Judge:
    """Validators of one operation, ``None`` where the standard says nothing.

    Attributes:
        query: of its parameters, as an object by wire name.
        body: of its request body.
        answer: of the body of its successful answer.
    """

    query: Validator | None = None
    body: Validator | None = None
    answer: Validator | None = None


@cache
def judge_of(endpoint: Endpoint) -> Judge:
    """Return the judge of an operation, made once; an empty one where its canon is not there."""
    from mobstd.canon.openapi import operations
    from mobstd.canon.schemas import documents
    from mobstd.canon.standard import find
    from mobstd.canon.validator import validator

    try:
        version = find(endpoint.standard)
        operation = operations(version, endpoint.role)[endpoint.id]
    except (UnknownName, KeyError):
        return Judge()
    known = documents(version)
    good = sorted(status for status in operation.answers if status.startswith("2"))
    answers = operation.answers[good[0]].content if good else {}
    return Judge(
        query=validator(_parameters(operation), known),
        body=_of_json(operation.body, known) or _of_form(operation.body, known),
        answer=_of_json(answers, known),
    )


def _parameters(operation: Operation) -> Mapping[str, Any]:
    sent = [p for p in operation.parameters if p.where in ("path", "query")]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {p.name: p.schema for p in sent},
        "required": [p.name for p in sent if p.required],
    }


def _of_form(content: Mapping[str, Mapping[str, Any]], known: Documents) -> Validator | None:
    from mobstd.canon.validator import validator

    return validator(content[FORM], known) if FORM in content else None


def _of_json(content: Mapping[str, Mapping[str, Any] | None], known: Documents) -> Validator | None:
    from mobstd.canon.validator import validator

    for media, schema in content.items():
        if "json" in media and schema is not None:
            return validator(schema, known)
    return None
