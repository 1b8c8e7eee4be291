"""One operation as generated code knows it: what goes in, what comes out, what it is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

if TYPE_CHECKING:
    from mobstd.errors import ApiError
    from mobstd.models import Model
    from mobstd.query import Query

__all__ = ["Arguments", "Endpoint", "builders", "left_out"]

Method = TypeVar("Method", bound=Callable[..., Any])


@dataclass(frozen=True)
class Endpoint:
    """An operation of a role.

    Attributes:
        id: the ``operationId``.
        standard: ``name@version`` of the standard that it belongs to.
        role: who serves it.
        method: the HTTP method.
        path: the path, with ``{names}`` where parameters stand.
        name: the method of clients and services.
        query: the class of its parameters, those of the path included.
        body: the class of its request body, or of the items of it.
        several: whether that body is an array of those.
        form: whether the body is written as a form, not as JSON.
        answer: the class of its answer, or of the items of its answer.
        gives: ``nothing``, ``one`` document, ``many`` in an array, or any ``value``.
        errors: what a refusal is raised as, by the code that its body names.
    """

    id: str
    standard: str
    role: str
    method: str
    path: str
    name: str
    query: type[Query] | None = None
    body: type[Model] | None = None
    answer: type[Model] | None = None
    gives: Literal["nothing", "one", "many", "value"] = "nothing"
    form: bool = False
    several: bool = False
    errors: Mapping[str, type[ApiError]] = field(default_factory=dict, compare=False, repr=False)


class Arguments(NamedTuple):
    """What the method of an operation with parameters and a body is asked with."""

    query: Query
    body: Model | list[Model]


def left_out(method: Method) -> Method:
    """Mark a method of a service interface: unless a subclass has its own, it is not offered."""
    method.__isabstractmethod__ = True  # type: ignore[attr-defined]
    return method


def builders(operations: Mapping[str, Endpoint]) -> dict[str, Callable[[Any], Any]]:
    """Return for each operation what makes the typed argument of its method.

    Each takes what the server kit read from a request: ``values`` by wire name, and ``body``. For
    an operation with both parameters and a body it makes ``Arguments``.
    """
    return {name: _builder(one) for name, one in operations.items() if one.query or one.body}


def _builder(endpoint: Endpoint) -> Callable[[Any], Any]:
    query, body = endpoint.query, endpoint.body
    if body is None:
        assert query is not None
        return lambda taken: query.read(taken.values)

    def read(taken: Any) -> Model | list[Model]:
        return [*map(body.read, taken.body)] if endpoint.several else body.read(taken.body)

    if query is None:
        return read
    return lambda taken: Arguments(query.read(taken.values), read(taken))
