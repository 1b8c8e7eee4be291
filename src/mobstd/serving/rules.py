"""Judges one answer of a service by the rules of the catalogue, as ``mobstd check`` would."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from mobstd.canon.openapi import Operation
from mobstd.canon.standard import Version
from mobstd.judging import exchange as record
from mobstd.judging.catalogue import catalogue
from mobstd.judging.context import Context
from mobstd.judging.judge import judge, settle
from mobstd.serving.asgi import Response

__all__ = ["Rules"]

_SHOWN = 5
_BODY = "/response/body"


class Rules:
    """The rows of a role that one answer to one good request can break."""

    def __init__(self, version: Version, role: str) -> None:
        self._context = Context(catalogue(version, role))

    def problems(
        self, operation: Operation, values: Mapping[str, Any], response: Response, lang: str
    ) -> list[str]:
        """Return which MUST an answer breaks and where, in words, at most a handful.

        Args:
            operation: what was asked.
            values: its parameters, defaults filled in.
            response: the answer; only a success is judged.
            lang: the language of the words.
        """
        if not 200 <= response.status < 300:
            return []
        exchange = record.Exchange(
            "x1", operation.id, "traffic", datetime.now(UTC), _asked(operation, values),
            record.Response(response.status, _headers(response), response.body),
        )  # fmt: skip
        found: dict[str, str] = {}
        for row, tallies in settle(judge([exchange], self._context)).items():
            for finding in (f for tally in tallies for f in tally.findings):
                if finding.severity == "error":
                    where = finding.pointer.removeprefix(_BODY) or "/"
                    title = self._context.catalogue.rows[row].title[lang]
                    found.setdefault(row, f"{where} {row} {title}")
        return list(found.values())[:_SHOWN]


def _asked(operation: Operation, values: Mapping[str, Any]) -> record.Request:
    """Return the request as it would be with every default written out."""
    pairs = tuple(
        (p.name, p.write(values[p.name]))
        for p in operation.parameters
        if p.where == "query" and p.name in values
    )
    return record.Request(operation.method, operation.path, pairs)


def _headers(response: Response) -> tuple[tuple[str, str], ...]:
    media = (("Content-Type", response.media_type),) if response.media_type else ()
    return (*media, *response.headers)
