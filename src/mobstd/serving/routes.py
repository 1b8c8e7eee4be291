"""From an operation of the canon to the method of a service that answers it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from mobstd.canon.openapi import Operation
from mobstd.canon.standard import Version
from mobstd.endpoint import Arguments
from mobstd.errors import RefusedDocument
from mobstd.serving.reading import BadInput, Reader, Taken
from mobstd.serving.shaping import Shape, shape_of
from mobstd.serving.writing import Writer

__all__ = [
    "Build",
    "Route",
    "Routes",
    "method_name",
    "method_of",
    "routes",
]

Build = Callable[[Taken], Any]
Call = Callable[..., Any]


def method_name(operation: str) -> str:
    """Return the name of a method: ``getDriverJourneys`` becomes ``get_driver_journeys``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", operation).replace("-", "_").lower()


def method_of(service: object, operation: Operation) -> Call | None:
    """Return the method that answers an operation, ``None`` where the service has none."""
    call: Call | None = getattr(service, method_name(operation.id), None)
    return None if getattr(call, "__isabstractmethod__", False) else call


@dataclass
class Route:
    """One operation, ready to be asked."""

    version: Version
    operation: Operation
    answer: Callable[[Taken], Awaitable[Any]]
    reader: Reader
    writer: Writer
    guarded: bool
    _shapes: dict[int, Shape] = field(default_factory=dict)

    def shape(self, status: int) -> Shape:
        """Return how an error of this status is written."""
        if status not in self._shapes:
            self._shapes[status] = shape_of(self.version, self.operation.answer(status))
        return self._shapes[status]


class Routes:
    """The operations that a service implements, by path."""

    def __init__(self) -> None:
        self._exact: dict[str, dict[str, Route]] = {}
        self._templates: dict[str, tuple[re.Pattern[str], list[str], dict[str, Route]]] = {}

    def __bool__(self) -> bool:
        return bool(self._exact or self._templates)

    def add(self, route: Route) -> None:
        """Add one operation."""
        path = route.operation.path
        if "{" not in path:
            self._exact.setdefault(path, {})[route.operation.method] = route
            return
        if path not in self._templates:
            names = re.findall(r"{([^/]+?)}", path)
            pattern = re.sub(r"\\{[^/]+?\\}", "([^/]+)", re.escape(path))
            self._templates[path] = (re.compile(pattern), names, {})
        self._templates[path][2][route.operation.method] = route

    def find(self, path: str) -> tuple[Mapping[str, Route], dict[str, str]]:
        """Return the routes at a path by method, and what stands in its places."""
        if path in self._exact:
            return self._exact[path], {}
        for pattern, names, methods in self._templates.values():
            match = pattern.fullmatch(path)
            if match:
                return methods, dict(zip(names, match.groups(), strict=True))
        return {}, {}


def routes(
    service: object,
    version: Version,
    documented: Iterable[Operation],
    builds: Mapping[str, Build],
) -> Routes:
    """Return the routes to the methods that a service has."""
    found = Routes()
    for operation in documented:
        answer = _bound(service, operation, builds.get(operation.id))
        if answer is not None:
            found.add(
                Route(
                    version,
                    operation,
                    answer,
                    Reader(version, operation),
                    Writer(version, operation),
                    operation.answer(401) is not None,
                )
            )
    return found


def _bound(
    service: object, operation: Operation, build: Build | None
) -> Callable[[Taken], Awaitable[Any]] | None:
    """Return a function that asks the method of an operation, ``None`` where there is none.

    A service that was made from a generated interface brings ``QUERIES``, which make its typed
    arguments; any other gets the mapping of parameters, and the body where there is one.
    """
    call = method_of(service, operation)
    if call is None:
        return None
    return partial(_plain, call, operation) if build is None else partial(_built, call, build)


async def _built(call: Call, build: Build, taken: Taken) -> Any:
    try:
        made = build(taken)
    except RefusedDocument as error:
        where = error.problems[0].path if error.problems else ()
        raise BadInput("out-of-range", name=".".join(map(str, where))) from None
    return await _called(call, *(made if isinstance(made, Arguments) else (made,)))


async def _plain(call: Call, operation: Operation, taken: Taken) -> Any:
    given: list[Any] = [taken.values] if operation.parameters or operation.body else []
    if operation.body:
        given.append(taken.body)
    return await _called(call, *given)


async def _called(call: Call, *given: Any) -> Any:
    """Return what a method answers; a plain one runs in a thread, so that others go on."""
    if inspect.iscoroutinefunction(call):
        return await call(*given)
    import anyio.to_thread

    said = await anyio.to_thread.run_sync(call, *given)
    return await said if inspect.isawaitable(said) else said
