"""The shapes that a standard's Python rules take; checks of kind ``rule`` name them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mobstd.judging.context import Context
from mobstd.judging.exchange import Exchange

__all__ = ["SURPRISED", "Edit", "ItemFilter", "RunRule", "Trouble", "ValueRule"]

SURPRISED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a rule raises over a value that is not what the schema says."""


class Edit(NamedTuple):
    """An edit of a query that finds an item, around a margin of a filter.

    Attributes:
        inside: the item must still be found.
        severity: ``warning`` where only a reading of ours says so.
        sort: what kind of value it is, where there are several; each kind is tried.
    """

    query: Mapping[str, Any]
    inside: bool
    severity: str = "error"
    sort: str = ""


@dataclass(frozen=True)
class Trouble:
    """What a rule holds against a value.

    Attributes:
        code: a code of the standard's ``messages.yaml``.
        pointer: below the value.
    """

    code: str
    pointer: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    expected: Any = None
    received: Any = None


@dataclass(frozen=True)
class ValueRule:
    """Judges each value at ``at``.

    ``judge`` returns ``None`` where the value does not meet its precondition (no evidence), else
    an iterator of what is wrong, empty where all is well.
    """

    at: str
    judge: Callable[[Any, Context], Iterator[Trouble] | None]


@dataclass(frozen=True)
class RunRule:
    """Compares the exchanges of a run with each other.

    ``judge`` yields for each thing that it judged the exchange that it stands in, and what is
    wrong; pointers are into the body of its answer.
    """

    judge: Callable[[Sequence[Exchange], Context], Iterator[tuple[Exchange, Sequence[Trouble]]]]


@dataclass(frozen=True)
class ItemFilter:
    """Says whether an item matches a query: ``True``, ``False``, or ``None``: too close to say.

    Attributes:
        code: the message for an item that does not match and was returned all the same.
        parameters: the query parameters that it reads.
        edges: edits of the query around its margins, for an item that the query finds.
        needs: the parameters without which it can never be sure.
        reads: the members of an item that it reads.
        when_asked: it judges answers only where one of its parameters was given.
        about: which items it is about, where it is not all: the others match, and are no evidence.
    """

    code: str
    parameters: tuple[str, ...]
    match: Callable[[Any, Mapping[str, str], Context], bool | None]
    edges: Callable[[Any, Mapping[str, Any], Context], Iterator[Edit]] | None = None
    needs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    when_asked: bool = False
    about: Callable[[Any], bool] | None = None
