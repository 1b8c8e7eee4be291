"""Judges one document: by its schema, and where that accepts it, by the rows of the standard."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from mobstd.canon.standard import Version
from mobstd.judging.body import NotJson
from mobstd.validation.overlay import surely_under, validator_under
from mobstd.validation.reading import swiftly
from mobstd.validation.remark import Remark, broken, of_problem
from mobstd.validation.rules import DocumentRules

__all__ = ["DocumentJudge"]

MOST_REMARKS = 50
"""How many remarks one document gets at most."""


class DocumentJudge:
    """Judges documents of one schema of one version; ``without`` names formats left unchecked.

    Attributes:
        accepts_line: says of a line, quickly, that nothing is wrong with it; false says nothing.
    """

    accepts_line: Callable[[bytes], bool]

    def __init__(
        self,
        version: Version,
        schema: str,
        overlay: str | None = None,
        without: frozenset[str] = frozenset(),
    ) -> None:
        self._validator = validator_under(version, schema, overlay, without)
        self._rules = DocumentRules(version, schema)
        surely = None if self._rules else surely_under(version, schema, overlay, without)
        self._surely = surely or _never
        self.accepts_line = _quick(surely) if surely else _never

    def remarks(self, document: Any) -> list[Remark]:
        """Return what is wrong with a JSON value; an empty list: nothing."""
        try:
            if self._surely(document):
                return []
            return list(islice(self._remarks(document), MOST_REMARKS))
        except UnicodeEncodeError:
            return [broken(NotJson("surrogate"))]
        except (RecursionError, ValueError) as error:
            if isinstance(error, ValueError) and "ecursion" not in str(error):
                raise
            return [broken(NotJson("depth"))]

    def _remarks(self, document: Any) -> Iterator[Remark]:
        if not self._validator.is_valid(document):
            yield from _once(map(of_problem, self._validator.problems(document)))
        elif self._rules:
            yield from self._rules.remarks(document)


def _quick(surely: Callable[[Any], bool]) -> Callable[[bytes], bool]:
    read = swiftly

    def accepts(line: bytes) -> bool:
        try:
            return surely(read(line))
        except (ValueError, RecursionError):
            return False

    return accepts


def _never(_: Any) -> bool:
    return False


def _once(remarks: Iterable[Remark]) -> Iterator[Remark]:
    """Leave out what another part of the schema says in the same words."""
    seen: set[tuple[str, str, str]] = set()
    for remark in remarks:
        key = (remark.pointer, remark.keyword, remark.message("en"))
        if key not in seen:
            seen.add(key)
            yield remark
