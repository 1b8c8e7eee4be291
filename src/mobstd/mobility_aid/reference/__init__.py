"""The reference catalogue of aids.

build     the ASGI app, for ``mobstd serve`` and for tests
shelf     aids in a database, found by place; what happened to them
page      what a person sees at ``/``
service   one method per operation
door      what is the same for every request: unknown parameters, ETag, CORS
behaviours  wrong searches, to see that they are found; feed: wrong feeds
loading   the aids that a catalogue begins with; stock: those that were brought;
          credit: whom they name
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mobstd.errors import MissingExtra

if TYPE_CHECKING:
    from mobstd.serving.asgi import Asgi

__all__ = ["build"]


def build(
    *,
    db: str | None = None,
    data: str | Path | None = None,
    behaviours: Iterable[str] = (),
    development: bool = False,
    check_answers: bool = False,
) -> Asgi:
    """Return the reference catalogue as an ASGI app.

    Args:
        db: ``sqlite:///file`` to keep the aids in a file, ``postgresql://host/database`` in
            PostgreSQL; in memory when ``None``.
        data: aids to begin with: a JSON array, or one a line. When ``None``: ten invented ones, or
            where the database has aids, those alone.
        behaviours: names of wrong behaviours (``mobstd.mobility_aid.reference.behaviours``).
        development: its own wrong answers become a 500 that explains.
        check_answers: judge its own answers and log what is wrong with them.

    Raises:
        ConfigError: for a database or a file that can't be used.
        RefusedDocument: for a file with something else than aids.
        UnknownName: for a behaviour that is not there.
        MissingExtra: where mobstd was installed without ``server``.
    """
    try:
        from mobstd.mobility_aid.reference.behaviours import BEHAVIOURS
        from mobstd.mobility_aid.reference.credit import credit_of
        from mobstd.mobility_aid.reference.door import anywhere, door
        from mobstd.mobility_aid.reference.loading import aids_of, as_of
        from mobstd.mobility_aid.reference.page import with_page
        from mobstd.mobility_aid.reference.service import Publisher
        from mobstd.mobility_aid.reference.shelf import Shelf
        from mobstd.serving.database import Away, opened
        from mobstd.serving.kit import app
        from mobstd.serving.misleading import mislead
    except ModuleNotFoundError as error:
        raise MissingExtra("serving.missing-extra", module=error.name or "") from None

    database = opened(db)
    aids = None if data is None else aids_of(data)
    now = datetime.now(UTC)
    try:
        shelf = Shelf(database)
        if aids is None and not shelf.begun():
            aids = aids_of(None)
        shelf.put_all(as_of(aid, now) for aid in aids or ())
        publisher = Publisher(shelf)
        kept = [json.loads(text) for text in publisher.every()]
        shelf.put_all(one for aid in kept if (one := as_of(aid, now)) is not aid)
        publisher.credit = credit_of(kept)
    except (Away, database.error) as error:
        raise database.unusable(error) from None
    mislead(publisher, behaviours, BEHAVIOURS)
    served = app(
        publisher,
        "mobility-aid@0.1",
        "publisher",
        development=development,
        check_answers=check_answers,
    )
    inside = door(served)
    return with_page(inside if publisher.versioned else anywhere(inside), publisher)
