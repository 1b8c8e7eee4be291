"""Answers as JSON, judged by the canon before a partner sees them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobstd.canon.openapi import Operation
from mobstd.canon.schemas import documents
from mobstd.canon.standard import Version
from mobstd.canon.validator import Validator, validator
from mobstd.judging.body import NotJson, parse_json
from mobstd.messages import render

__all__ = ["Writer", "to_json"]

_SHOWN = 5


def to_json(value: Any) -> bytes:
    """Return models, plain data or both as compact JSON; bytes are taken as already written.

    Raises:
        ValueError: for numbers that JSON has not, and for what is neither model nor data.
    """
    if isinstance(value, bytes):
        return value
    from pydantic_core import PydanticSerializationError, to_json

    try:
        body = to_json(value, by_alias=True)
    except PydanticSerializationError as error:
        raise ValueError(str(error)) from None
    if b"NaN" in body or b"Infinity" in body:
        parse_json(body)
    return body


class Writer:
    """Judges the answers of one operation."""

    def __init__(self, version: Version, operation: Operation) -> None:
        self.operation = operation
        known = documents(version)
        self._validators: dict[str, Validator] = {
            status: validator(schema, known)
            for status, answer in operation.answers.items()
            for schema in answer.content.values()
            if schema is not None
        }
        good = sorted(s for s in operation.answers if s.startswith("2") and s.isdigit())
        self.success = int(good[0]) if good else 200

    def media_type(self, status: int) -> str:
        """Return the media type that a body of this status has."""
        answer = self.operation.answer(status)
        return next(iter(answer.content), "application/json") if answer else "application/json"

    def problems(
        self, status: int, body: bytes, headers: Mapping[str, str], lang: str
    ) -> list[str]:
        """Return what is wrong with an answer, in words, at most a handful."""
        if self.operation.answer(status) is None:
            known = ", ".join(self.operation.answers)
            params = {"status": status, "known": known}
            return [render("serving.undocumented-status", params, lang)]
        key = next(
            k for k in (str(status), f"{status // 100}XX", "default") if k in self.operation.answers
        )
        judge = self._validators.get(key)
        if judge is None or (status >= 400 and not body):
            return []
        from pydantic_core import from_json

        try:
            value = from_json(body, allow_inf_nan=False)
        except ValueError:
            return [render("serving.answer-not-json", {"reason": _reason(body)}, lang)]
        if judge.is_valid(value):
            return []
        found = []
        for problem in judge.problems(value):
            where = "/" + "/".join(map(str, problem.path))
            wanted = problem.expected if problem.member is None else problem.member
            found.append(f"{where} {problem.keyword} {wanted}"[:200])
            if len(found) == _SHOWN:
                break
        return found


def _reason(body: bytes) -> str:
    try:
        parse_json(body)
    except NotJson as error:
        return error.reason
    return "syntax"
