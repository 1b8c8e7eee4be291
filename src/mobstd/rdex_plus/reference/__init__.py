"""The reference implementation of an RDEX+ operator.

build       the ASGI app, for ``mobstd serve`` and for tests
world       the world of the OCSS reference in the terms of RDEX+
search      what a search means
desk        what the operator does with bookings and messages; the ledger is that of OCSS
service     one method per operation
behaviours  wrong behaviours, to see that they are found
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from mobstd.errors import ConfigError, MissingExtra

if TYPE_CHECKING:
    from mobstd.serving.asgi import Asgi

__all__ = ["build"]


def build(
    *,
    seed: int = 0,
    now: int | None = None,
    count: int = 5000,
    area: str | None = None,
    operators: int = 3,
    db: str | None = None,
    api_keys: Iterable[str] | None = None,
    behaviours: Iterable[str] | Mapping[str, Iterable[str]] = (),
    development: bool = False,
    check_answers: bool = False,
) -> Asgi:
    """Return the reference operator as an ASGI app.

    Args:
        seed: another seed, another world.
        now: the instant around which journeys lie, in UNIX seconds; the real one when ``None``.
        count: how many journeys there are in all.
        area: a French department or region that nothing leaves.
        operators: how many operators publish together, one to three.
        db: ``sqlite:///file`` to keep them, and bookings, in a file; in memory when ``None``.
        api_keys: the accepted keys, sent in ``api_key``; ``None``: open to everybody.
        behaviours: names of wrong behaviours (``mobstd.rdex_plus.reference.behaviours``), or names
            with the operations that have them.
        development: its own wrong answers become a 500 that explains.
        check_answers: judge its own answers and log what is wrong with them.

    Raises:
        ConfigError: for an area or a database that can't be used.
        UnknownName: for a behaviour that is not there.
        MissingExtra: where mobstd was installed without ``server``.
    """
    try:
        from mobstd.ocss.lifecycle import lifecycle
        from mobstd.ocss.reference.behaviours import around, chosen, mislead
        from mobstd.ocss.reference.habits import Setting
        from mobstd.ocss.reference.ledger import Ledger
        from mobstd.ocss.reference.stores import store_of
        from mobstd.ocss.reference.world import Recipe
        from mobstd.rdex_plus.reference.behaviours import BEHAVIOURS
        from mobstd.rdex_plus.reference.desk import BookingDesk
        from mobstd.rdex_plus.reference.service import ReferenceOperator
        from mobstd.rdex_plus.reference.world import World
        from mobstd.serving.database import file_of
        from mobstd.serving.kit import app
    except ModuleNotFoundError as error:
        raise MissingExtra("serving.missing-extra", module=error.name or "") from None

    if not 1 <= operators <= 3 or count < 0:
        raise ConfigError("serving.bad-world", operators=operators, count=count)
    recipe = Recipe(seed, int(time.time()) if now is None else now, count, area, operators)
    world = World(store_of(recipe, db), recipe.now)
    ledger = Ledger(file_of(db), lifecycle("rdex-plus@2.0"), "bookingId")
    service = ReferenceOperator(world, BookingDesk(world, ledger))
    keys = None if api_keys is None else tuple(api_keys)
    wrong = chosen(behaviours, BEHAVIOURS)
    mislead(service, wrong)
    served: Asgi = app(
        service,
        "rdex-plus@2.0",
        "operator",
        api_keys=keys,
        key_header="api_key",
        development=development,
        check_answers=check_answers,
    )
    return around(served, wrong, Setting(recipe.now, keys or (), "api_key"))
