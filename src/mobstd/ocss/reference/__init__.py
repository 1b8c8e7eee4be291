"""The reference implementation of an OCSS operator.

build       the ASGI app, for ``mobstd serve`` and for tests
world       the deterministic generator, over the towns of ``places``
additions   what 2.0-proposal has beyond
store       journeys and trips in SQLite, found by an index
search      what a search means
ledger      bookings, messages and news of bookings in SQLite
desk        what the operator does with bookings and messages
feed        sends the news to a MaaS, in the background
service     one method per operation
maas        the reference implementation of a MaaS
front       its user, who books at an operator when told to
behaviours  wrong behaviours, to see that they are found: habits, wrong_searches, wrong_bookings,
            wrong_changes, wrong_news, wrong_rides, wrong_tokens
stage       test data for who asks for it before a run
loading     documents of your own in place of the generator
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mobstd.errors import ConfigError, MissingExtra

if TYPE_CHECKING:
    from mobstd.ocss.reference.feed import OutgoingLike
    from mobstd.serving.asgi import Asgi

__all__ = ["build", "build_proposal"]

_ALONE = "sqlite://"
"""A database that no other app of this process shares."""

_STAGED, _STAGED_IN = 600, "38"
"""What the set-up hook invents, and where unless an area is named."""

_LATEST = 250_000_000_000
"""A few decades before the last instant that Python's calendar has."""


def build(
    *,
    seed: int = 0,
    now: int | None = None,
    count: int = 5000,
    area: str | None = None,
    operators: int = 3,
    db: str | None = None,
    data: str | Path | None = None,
    api_keys: Iterable[str] | None = None,
    partner: str | None = None,
    partner_key: str | None = None,
    issuer: str | None = None,
    audience: str | None = None,
    partner_sender: Any = None,
    outgoing: OutgoingLike | None = None,
    behaviours: Iterable[str] | Mapping[str, Iterable[str]] = (),
    development: bool = False,
    check_answers: bool = False,
    setup_path: str | None = None,
    version: str = "1.0-alpha",
) -> Asgi:
    """Return the reference operator as an ASGI app.

    Args:
        seed: another seed, another world.
        now: the instant around which journeys lie, in UNIX seconds; the real one when ``None``.
        count: how many journeys and trips there are in all.
        area: a French department or region that nothing leaves.
        operators: how many operators publish together, one to three.
        db: ``sqlite:///file`` to keep them in a file; in memory when ``None``.
        data: a file of documents in place of the generator.
        api_keys: the accepted keys; ``None``: open to everybody.
        partner: the base URL of a MaaS that is told of bookings; nobody is when ``None``.
        partner_key: what the MaaS knows this operator by, sent as ``X-API-Key``.
        issuer: as whom ID tokens are signed for the invented travellers, in place of a MaaS where
            they would sign in: a URL that leads to this app, which publishes the keys there.
        audience: the client id that those tokens are for.
        partner_sender: what sends to that MaaS in place of HTTP.
        outgoing: takes an operation of the MaaS and a document, and returns what is sent in its
            place: for faults in what this operator says.
        behaviours: names of wrong behaviours (``mobstd.ocss.reference.behaviours``), or names
            with the operations that have them.
        development: its own wrong answers become a 500 that explains.
        check_answers: judge its own answers and log what is wrong with them.
        setup_path: where it answers the calls of a set-up hook, under its own keys: while a run
            lasts it invents what it lacks. It has none when ``None``.
        version: of the standard.

    Raises:
        ConfigError: for an instant, an area, a database or a file that can't be used.
        UnknownName: for a behaviour that is not there.
        MissingExtra: where mobstd was installed without ``server``, or ``oidc`` for an issuer.
    """
    try:
        from mobstd.ocss.editions import edition
        from mobstd.ocss.reference.behaviours import around, chosen, mislead
        from mobstd.ocss.reference.desk import BookingDesk
        from mobstd.ocss.reference.feed import Feed
        from mobstd.ocss.reference.habits import Setting
        from mobstd.ocss.reference.ledger import Ledger
        from mobstd.ocss.reference.service import SEARCHES, ReferenceOperator
        from mobstd.ocss.reference.stores import store_of
        from mobstd.ocss.reference.world import Recipe
        from mobstd.serving.asgi import Around
        from mobstd.serving.database import file_of
        from mobstd.serving.kit import app
    except ModuleNotFoundError as error:
        raise MissingExtra("serving.missing-extra", module=error.name or "") from None

    if not 1 <= operators <= 3 or count < 0:
        raise ConfigError("serving.bad-world", operators=operators, count=count)
    if now is not None and not 0 <= now <= _LATEST:
        raise ConfigError("serving.bad-now", now=now)
    spoken = edition(version)
    instant = int(time.time()) if now is None else now
    recipe = Recipe(seed, instant, count, area, operators, version)
    keys = None if api_keys is None else tuple(api_keys)
    setting = Setting(recipe.now, keys or ())
    wrong = chosen(behaviours)
    store = store_of(recipe, db or (None if setup_path is None else _ALONE), data)
    ledger = Ledger(file_of(db), spoken.lifecycle)
    signs = None
    if issuer is not None or audience is not None:
        from mobstd.oidc import Issuer, published

        signs = Issuer(issuer or "", audience or "", algorithm="ES256")
    feed = None
    if partner is not None:
        feed = Feed(
            ledger,
            partner,
            partner_key,
            tokens=None if signs is None else signs.token,
            outgoing=outgoing,
            spoken=spoken,
            sender=partner_sender,
        )
    desk = BookingDesk(store, ledger, recipe.now, feed, spoken)
    service = ReferenceOperator(store, setting, wrong, desk)
    mislead(service, wrong)
    served: Asgi = app(
        service,
        spoken.version,
        "operator",
        api_keys=keys,
        development=development,
        check_answers=check_answers,
    )
    served = around(served, wrong, setting)
    if setup_path is not None:
        from mobstd.ocss.reference.stage import Stage
        from mobstd.serving.staging import staged

        invented = replace(recipe, count=_STAGED, area=area or _STAGED_IN)
        stage = Stage(store, invented, spoken.version, SEARCHES)
        served = Around(staged(setup_path, stage, served, api_keys=keys), served)
    return served if signs is None else Around(published(signs, served), served)


build_proposal = partial(build, version="2.0-proposal")
"""Builds the reference operator of the proposal."""
