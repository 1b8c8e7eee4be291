"""The sandbox registry: it answers as the registry of carpool proofs does, and judges by its rules.

build        the ASGI app, for ``mobstd serve`` and for tests
door         who asks, how often, which version
counter      permission, schema, and the answer of each operation
desk         what it does with journeys
store        journeys in a database; the history that the rules ask
processing   what it finds later, by its clock
clock        what time it is, and that it can be moved
local        routes of the sandbox alone
past         journeys of some days ago, as many checks need them
keys         pairs of keys and tokens
credentials  operations on pairs of keys
atlas        operations on places; routing, places
limits       how often one may ask
listing      lists of journeys
status       what an operator sees of a journey
quirks       behaviours of the real server, by name
certificates operations on energy savings certificates, while there was that service
applications who applied for one, and who may not yet
markup       what one of them does to ids
wording      what a schema refuses, in the server's words
refusals     errors in the registry's words
exporting    the files that the registry makes; rounding, communes
command      ``mobstd registry``
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from mobstd.carpool_proof.limits import LATEST
from mobstd.errors import MissingExtra

if TYPE_CHECKING:
    from mobstd.carpool_proof.reference.clock import Clock
    from mobstd.carpool_proof.reference.routing import Router

__all__ = ["build", "build_3_3"]

_SUPPORTED = ("3.3", "3.4")
_TEXT = ("conflicting_journey_id", "temporal_overlap_duration_ratio", False)
_SERVER = ("conflicting_operator_journey_id", "overlap_duration_ratio", True)
_APPLY = "createCeeApplication"


def build(
    *,
    db: str | None = None,
    api_keys: Iterable[str] | None = None,
    clock: str | Clock | None = None,
    rules: str | None = None,
    quirks: str | None = None,
    overlay: str = "server",
    router: str | Router | None = None,
    places: str | None = None,
    past: bool = False,
    setup_path: str | None = None,
    behaviours: Iterable[str] = (),
    version: str = "3.4",
) -> Any:
    """Return the sandbox registry as an ASGI app.

    Args:
        db: ``sqlite:///file`` to keep journeys in a file, ``postgresql://host/database`` in
            PostgreSQL; in memory when ``None``.
        api_keys: who may ask, each as ``OPERATOR:ACCESS_KEY:SECRET_KEY``; three operators with
            keys that everybody knows when ``None``.
        clock: ``now`` or an instant, where it stands, for a clock that can be moved; that of the
            machine when ``None``.
        rules: the rule profile; the latest, or that of the quirks, when ``None``.
        quirks: the set of behaviours of the real server to have.
        overlay: what documents are judged by beyond the text; ``none``: the text alone.
        router: which knows ways: ``straight``, ``none``, a table or a URL; see ``routing``.
        places: a table of communes for addresses and codes; some towns when ``None``.
        past: whether journeys of some days ago are there from the start, as checks need them; the
            first operator of the keys has them, and the next one what another has.
        setup_path: where it answers the calls of a set-up hook, which ask for that; a secret half
            of ``api_keys`` is then the key of the hook.
        behaviours: quirks and faults by name, each with ``@`` and the operations that have it.
        version: of the standard.

    Raises:
        ConfigError: for a database, keys or a clock that can't be used, or quirks of a server that
            did not know the version.
        UnknownName: for rules, quirks or an overlay that are not there.
        MissingExtra: where mobstd was installed without what it needs.
    """
    try:
        from mobstd.canon.openapi import operations
        from mobstd.canon.standard import find
        from mobstd.carpool_proof.past import past_of
        from mobstd.carpool_proof.reference.applications import Applications
        from mobstd.carpool_proof.reference.atlas import Atlas
        from mobstd.carpool_proof.reference.certificates import Certificates
        from mobstd.carpool_proof.reference.clock import Clock, clock_of
        from mobstd.carpool_proof.reference.counter import Counter, Setting
        from mobstd.carpool_proof.reference.desk import Desk
        from mobstd.carpool_proof.reference.door import Registry
        from mobstd.carpool_proof.reference.keys import Tokens, pairs_of
        from mobstd.carpool_proof.reference.limits import Limits
        from mobstd.carpool_proof.reference.listing import Listing
        from mobstd.carpool_proof.reference.local import Local
        from mobstd.carpool_proof.reference.past import Past, with_hook
        from mobstd.carpool_proof.reference.places import places_of
        from mobstd.carpool_proof.reference.processing import Named
        from mobstd.carpool_proof.reference.quirks import quirks_of
        from mobstd.carpool_proof.reference.routing import router_of
        from mobstd.carpool_proof.reference.store import Store
        from mobstd.carpool_proof.rules.profile import profile
        from mobstd.serving.database import Away, opened
    except ModuleNotFoundError as error:
        raise MissingExtra("oidc.missing-oidc", module=error.name or "") from None

    served = find(f"carpool-proof@{version}")
    oddities = quirks_of(served, quirks).also(name.partition("@")[0] for name in behaviours)
    judged = profile(rules or oddities.rules or LATEST)
    time = clock if isinstance(clock, Clock) else clock_of(clock)
    above = None if overlay == "none" else overlay
    setting = Setting(served, oddities.versions or _SUPPORTED, above, judged, oddities, time)
    pairs = pairs_of(api_keys)
    ways = router_of(router) if router is None or isinstance(router, str) else router
    known_places = places_of(places)
    database = opened(db)
    names = Named(*(_TEXT if above is None else _SERVER))
    try:
        store = Store(database)
        lists = Listing(served, judged, oddities)

        def desk_at(clock: Clock) -> Desk:
            return Desk(store, clock, judged, oddities, lists, names, ways)

        before = None
        if past or setup_path is not None:
            numbers = (*dict.fromkeys(pair.operator for pair in pairs),)
            pair = (numbers[0], numbers[1] if len(numbers) > 1 else numbers[0] + 1)
            before = Past(store, time, desk_at, past_of(served), pair)
        if past and before is not None:
            before.at_once()
        desk = desk_at(time)
    except (Away, database.error) as error:
        raise database.unusable(error) from None
    lives = {"tokens-end-early": 120, "tokens-end-late": 340, "tokens-stay": 1 << 30}
    life = next((n for name, n in lives.items() if name in oddities), judged["token"]["life"])
    tokens = Tokens(pairs, store.secret, life, time)
    served_too = judged["certificates"]["service"] and _APPLY in operations(served, "registry")
    applications = certificates = None
    if served_too:
        applications = Applications(desk, time, judged)
        certificates = Certificates(applications, served, above, judged, oddities)
    limits = Limits(judged, plain="headers-with-x" not in oddities)
    registry = Registry(
        setting,
        store,
        Counter(setting, desk, tokens, Atlas(ways, known_places, oddities), certificates),
        tokens,
        limits,
        Local(time, desk, applications),
    )
    if setup_path is None or before is None:
        return registry
    secrets = None if api_keys is None else [pair.secret_key for pair in pairs]
    return with_hook(setup_path, before, registry, secrets)


build_3_3 = partial(build, version="3.3")
"""Builds the sandbox registry of 3.3."""
