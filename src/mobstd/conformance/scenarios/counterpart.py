"""The other side, for a target that calls: answers right, from what the suite says of resources.

Searches find what ``offers`` of the suite makes of them; what is made is kept, read and changed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from mobstd.canon.openapi import Operation, operations
from mobstd.canon.standard import Version
from mobstd.conformance.scenarios.edit import put
from mobstd.conformance.scenarios.offers import Offers
from mobstd.conformance.scenarios.resource import Resource, Source, resources
from mobstd.judging.pointer import MISSING, get
from mobstd.serving.answers import Refuse
from mobstd.serving.routes import method_name

__all__ = ["Counterpart"]

MOST = 10_000
"""Things and news that are remembered; what is forgotten is answered as if it were new."""


class Counterpart:
    """A service with a method for each operation of a role that it has an answer to.

    News is taken each time, the same news once; a state changes as the life cycle says, of what
    the run made or was told of.

    Args:
        version: the version.
        role: the role to play.
        failures: how many times news is answered 500 the first time it comes, to see it repeated.
        caller: the domain under which it is known.

    Attributes:
        ours: the state of what the run made, by its key; ``None`` for what it did not make.
        offers: what there is to find.
        made: the keys of what was made here, in their order.
        refused: the keys of what was refused because it was told to.
    """

    def __init__(
        self, version: Version, role: str, failures: int = 0, caller: str = "mobstd.example.org"
    ) -> None:
        self.ours: Callable[[str], str | None] = lambda key: None
        self.offers = Offers(version, caller)
        self.made: list[str] = []
        self.refused: list[str] = []
        self._caller = caller
        self._identities: Mapping[str, list[str]] = {
            name: one["identity"] for name, one in version.suite.get("collections", {}).items()
        }
        self._refusing = False
        self._busy: int | None = None
        self._failures = failures
        self._states: dict[str, str] = {}
        self._news: dict[str, None] = {}
        self._documents: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()
        by_operation = {
            operation: resource
            for resource in resources(version, role).values()
            for operation in resource.operations
        }
        for operation in operations(version, role).values():
            if operation.id not in by_operation and not self._has(operation):
                continue
            method = partial(self._answer, operation, by_operation.get(operation.id))
            setattr(self, method_name(operation.id), method)

    def _has(self, operation: Operation) -> bool:
        """Say whether something can be answered that is no resource: an offer, a list, nothing."""
        return self.offers.has(operation.id) or _lists(operation) or not _shows(operation)

    def _answer(
        self,
        operation: Operation,
        resource: Resource | None,
        values: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> Any:
        with self._lock:
            if resource is None:
                if self.offers.has(operation.id):
                    self._let_in()
                    return self.offers.found(operation.id, values or {})
                return [] if operation.method == "GET" and _lists(operation) else None
            if operation.id == resource.create:
                if resource.read is not None:
                    return self._keep(resource, operation, body)
                self._take(resource, body)
                return body if _shows(operation) else None
            if operation.id == resource.change:
                self._move(resource, operation, values or {})
                return None
            return self._shown(resource, operation, values or {})

    def refuse(self, wanted: bool) -> None:
        """Refuse the next thing that is made, or no more: somebody else was quicker."""
        self._refusing = wanted

    def hold_off(self, seconds: int | None) -> None:
        """Answer the next search 429, to be asked again after some seconds; ``None``: no more."""
        self._busy = seconds

    def document(self, key: str) -> Any:
        """Return what was made under a key, as it was sent."""
        return self._documents[key.lower()]

    def state(self, key: str) -> str | None:
        """Return the state that a thing has."""
        with self._lock:
            return self._known(key)

    def settle(self, key: str, state: str) -> None:
        """Give what was made here another state: the run did so, as its owner."""
        with self._lock:
            _note(self._states, key.lower(), state)

    def _let_in(self) -> None:
        if self._busy is not None:
            seconds, self._busy = self._busy, None
            raise Refuse(429, headers={"Retry-After": str(seconds)})

    def _keep(self, resource: Resource, operation: Operation, body: Any) -> Any:
        """Take what is made, once under its key, in a state that begins, of what was shown."""
        key, life = str(get(body, resource.key or "")), resource.life
        gone = 400 if operation.answer(404) is None else 404
        known = self._documents.get(key.lower())
        if known is not None and known != body:
            raise Refuse(409, _code(operation, 409))
        if life is not None and get(body, life.at) not in life.first:
            raise Refuse(400)
        if any(self._never_shown(source, body) for source in resource.sources):
            raise Refuse(gone, _code(operation, gone))
        if known is None and self._refusing:
            self._refusing = False
            self.refused.append(key)
            raise Refuse(gone, _code(operation, gone))
        if known is None:
            self.made.append(key)
            del self.made[:-MOST]
            _note(self._documents, key.lower(), body)
            if life is not None:
                _note(self._states, key.lower(), get(body, life.at))
        return self._now(resource, key.lower())

    def _never_shown(self, source: Source, body: Any) -> bool:
        """Say whether it names an item of ours that no search showed."""
        operation = source.operation or ""
        if not self.offers.has(operation):
            return False
        *owner, at = self._identities[operation]
        taken = [name for name, word in source.body.items() if word == f"$item/{name}"]
        ours = any(get(body.get(name), pointer) == self._caller for name in taken
                   for pointer in owner)  # fmt: skip
        names = (body.get(name) for name, word in source.body.items() if word == f"$item{at}")
        return ours and any(
            isinstance(name, str) and not self.offers.shown(operation, name) for name in names
        )

    def _now(self, resource: Resource, key: str) -> Any:
        document = self._documents[key]
        return (
            document
            if resource.life is None
            else put(document, resource.life.at, self._states[key])
        )

    def _shown(self, resource: Resource, operation: Operation, values: Mapping[str, Any]) -> Any:
        key = str(values[resource.parameter or ""]).lower()
        if key not in self._documents or resource.life is None:
            raise Refuse(404, _code(operation, 404))
        return self._now(resource, key)

    def _take(self, resource: Resource, body: Any) -> None:
        key = get(body, resource.key) if resource.key else MISSING
        if resource.news is not None:
            mark = str(get(body, resource.news))
            if mark in self._news:
                return
            _note(self._news, mark, None)
            if self._failures > 0 and self._known(str(key)) is not None:
                self._failures -= 1
                del self._news[mark]
                raise Refuse(500)
        if resource.life is None or not isinstance(key, str):
            return
        wanted, known = get(body, resource.life.at), self._known(key)
        if isinstance(wanted, str) and (known is None or _leads(resource, known, wanted)):
            _note(self._states, key.lower(), wanted)

    def _move(self, resource: Resource, operation: Operation, values: Mapping[str, Any]) -> None:
        key, wanted = values[resource.parameter or ""], values[resource.state or ""]
        known = self._known(key)
        if known is None:
            raise Refuse(404, _code(operation, 404))
        if known == wanted:
            raise Refuse(409, resource.already or _code(operation, 409))
        if not _leads(resource, known, wanted):
            raise Refuse(409)
        _note(self._states, key.lower(), wanted)

    def _known(self, key: str) -> str | None:
        """Return the state of a thing; the letter case of its key does not count."""
        return self._states.get(key.lower()) or self.ours(key)


def _leads(resource: Resource, known: str, wanted: str) -> bool:
    life = resource.life
    return life is None or known not in life.pairs or wanted in life.pairs[known]


def _note(where: dict[str, Any], name: str, value: Any) -> None:
    where[name] = value
    if len(where) > MOST:
        del where[next(iter(where))]


def _success(operation: Operation) -> Mapping[str, Any] | None:
    """Return the schema of what a success comes with, if it comes with anything."""
    answers = [answer for status, answer in operation.answers.items() if status.startswith("2")]
    return next((s for answer in answers for s in answer.content.values() if s is not None), None)


def _code(operation: Operation, status: int) -> str:
    """Return the first code by which a refusal says what is wrong."""
    answer = operation.answer(status)
    return next(iter(answer.codes), "") if answer is not None else ""


def _shows(operation: Operation) -> bool:
    """Say whether a success comes with a body."""
    return _success(operation) is not None


def _lists(operation: Operation) -> bool:
    schema = _success(operation)
    return schema is not None and schema.get("type") == "array"
