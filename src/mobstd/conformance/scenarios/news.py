"""News of a thing: the whole of it, each time under a new id of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mobstd.conformance.scenarios.edit import put, put_all
from mobstd.conformance.scenarios.resource import Resource
from mobstd.judging.exchange import Exchange, Request
from mobstd.judging.requirement import Requirement

if TYPE_CHECKING:
    from mobstd.conformance.scenarios.debts import Debts
    from mobstd.conformance.scenarios.material import Maker
    from mobstd.conformance.scenarios.thing import Thing
    from mobstd.conformance.scenarios.workshop import Workshop

__all__ = ["tell", "untell", "untelling"]


def _news(maker: Maker, resource: Resource, told: Mapping[str, Any], state: str) -> dict[str, Any]:
    assert resource.life is not None
    assert resource.news is not None
    return put(put(told, resource.life.at, state), resource.news, maker.key())


def tell(
    workshop: Workshop, thing: Thing, state: str, row: Requirement | None,
    purpose: str = "scenario", *, edited: Mapping[str, Any] | None = None, negative: bool = False,
) -> Exchange:  # fmt: skip
    """Tell of a thing again, in a state; ``edited``: other values, by pointer."""
    told = _news(workshop.maker, thing.resource, thing.sent, state)
    body = put_all(told, edited or {})
    return workshop.post(thing.resource, body, row, purpose, negative=negative)


def untelling(debts: Debts, resource: Resource, told: Mapping[str, Any]) -> Request:
    """Return what tells of something that it is undone, with a token that lets nobody in."""
    assert resource.life is not None
    body = _news(debts.maker, resource, told, resource.life.undone)
    return debts.lab.session.request(resource.create, {}, body=debts.maker.harmless(body))


def untell(debts: Debts, resource: Resource, told: Mapping[str, Any], party: str) -> Exchange:
    """Tell of something that it is undone."""
    assert resource.life is not None
    body = _news(debts.maker, resource, told, resource.life.undone)
    session = debts.lab.session
    request = session.request(resource.create, {}, body=body)
    return session.clean(resource.create, request, party)
