"""The rows of the catalogue that judge a document by itself, outside any exchange.

A row judges the body of an answer. A document of a schema that such a body is made of is put
there as the only item, and what the row says of it is said of the document.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mobstd.canon.openapi import Operation, component, operations
from mobstd.canon.standard import Version
from mobstd.judging.body import NotJson
from mobstd.judging.catalogue import Catalogue, catalogue
from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange, Request, Response
from mobstd.judging.finding import Finding
from mobstd.judging.judge import limited_severity
from mobstd.judging.kinds import EXCHANGE
from mobstd.judging.pointer import steps
from mobstd.judging.requirement import Check, Requirement
from mobstd.judging.rule import ValueRule
from mobstd.messages import catalogue as messages
from mobstd.messages import render
from mobstd.validation.remark import Remark
from mobstd.validation.sieve import Sieve, says_all, sieve, together

__all__ = ["DocumentRules"]

_KINDS = ("assert", "ordered", "equal", "rule")
_BODY = "/response/body"
_WHEN = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class _Held(Response):
    """A response whose body is already a JSON value."""

    value: Any = None

    @property
    def json(self) -> Any:
        return self.value

    @property
    def not_json(self) -> NotJson | None:
        return None


@dataclass(frozen=True)
class _Rule:
    """A check of a row, with its sieve; ``plain``: the sieve of the place stands for it too."""

    row: Requirement
    check: Check
    sieve: Sieve
    plain: bool


@dataclass(frozen=True)
class _Place:
    """An operation whose answer is made of documents of the schema.

    ``items`` is where one of them stands in the body.
    """

    operation: str
    items: str
    catalogue: Catalogue
    sieve: Sieve
    rules: tuple[_Rule, ...]

    def findings(self, document: Any) -> list[Finding]:
        """Return what the rows hold against a document, those that others explain left out."""
        body = document
        for step in reversed(steps(self.items)):
            body = [body] if step == "*" else {step: body}
        passed = self.sieve(body)
        suspects = [
            rule for rule in self.rules if not (rule.plain and passed) and not rule.sieve(body)
        ]
        if not suspects:
            return []
        request, response = Request("GET", "/"), _Held(200, value=body)
        exchange = Exchange("x1", self.operation, "traffic", _WHEN, request, response)
        context = Context(self.catalogue)
        found = [
            (rule.check, limited_severity(rule.row, rule.check, finding))
            for rule in suspects
            for finding in EXCHANGE[rule.check.kind](
                rule.check, rule.row, exchange, context
            ).findings
        ]
        failed = {finding.requirement for _, finding in found}
        return [f for check, f in found if not failed & set(check.get("unless_failed", ()))]


class DocumentRules:
    """Judges documents of one schema by the rows of its standard."""

    def __init__(self, version: Version, schema: str) -> None:
        self._texts = version.messages
        self._places = tuple(_places(version, schema))

    def __bool__(self) -> bool:
        return any(place.rules for place in self._places)

    def remarks(self, document: Any) -> Iterator[Remark]:
        """Yield what the rows hold against a document that its schema accepts."""
        seen: set[tuple[str, str]] = set()
        for place in self._places:
            for finding in place.findings(document):
                remark = self._remark(finding, len(steps(place.items)))
                if (remark.keyword, remark.pointer) not in seen:
                    seen.add((remark.keyword, remark.pointer))
                    yield remark

    def _remark(self, finding: Finding, depth: int) -> Remark:
        path = steps(finding.pointer.removeprefix(_BODY))
        return Remark(
            finding.requirement,
            finding.code,
            dict(finding.params),
            finding.severity,
            tuple(int(s) if s.isdigit() else s for s in path[depth:]),
            text=finding.text or self._own_text(finding),
        )

    def _own_text(self, finding: Finding) -> Mapping[str, str] | None:
        texts = self._texts.get(finding.code)
        if texts is None:
            known = finding.code in messages()
            fallback = {"expected": finding.expected, "received": finding.received}
            return (
                None
                if known
                else {lang: render("validation.rule", fallback, lang) for lang in ("en", "fr")}
            )
        facts = {"expected": finding.expected, "received": finding.received, **finding.params}
        return {lang: text.format_map(_Lenient(facts)) for lang, text in texts.items()}


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _places(version: Version, schema: str) -> Iterator[_Place]:
    for role in version.roles:
        book = catalogue(version, role)
        context = Context(book)
        for name, operation in operations(version, role).items():
            items = _items(book, name, schema)
            if items is None and not _is_body(operation, schema):
                continue
            pairs = [
                (row, check)
                for row, check in book.by_operation.get(name, ())
                if check.kind in _KINDS and _by_itself(version, check)
            ]
            yield _Place(
                name,
                items or "",
                book,
                together([check for _, check in pairs], version),
                tuple(
                    _Rule(row, check, sieve(check, version, context), says_all(check))
                    for row, check in pairs
                ),
            )


def _items(book: Catalogue, operation: str, schema: str) -> str | None:
    """Return where documents of the schema stand in an answer that lists them."""
    collection = book.collections.get(operation)
    if collection is None or collection.schema != schema or "**" in collection.items:
        return None
    return collection.items


def _is_body(operation: Operation, schema: str) -> bool:
    answer = operation.answer(200)
    for content in answer.content.values() if answer else ():
        reference = str((content or {}).get("$ref", ""))
        if reference and component(reference) == component(f"/{schema}.schema.json"):
            return True
    return False


def _by_itself(version: Version, check: Check) -> bool:
    """Say whether a check needs no query, no other exchange and no declared block."""
    if "when_block" in check.params or 200 not in check.get("statuses", (200,)):
        return False
    return check.kind != "rule" or isinstance(version.rules.get(check["call"]), ValueRule)
