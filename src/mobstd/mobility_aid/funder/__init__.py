"""The reference funder: subscriptions to invented aids, decided, evidenced, seen by nobody else.

build        the ASGI app, for ``mobstd serve`` and for tests
door         tokens and scopes before anything is read; issuer: tokens for tests; persons: of an
             issuer elsewhere
asking       who asks
service      one method per operation
states       the life of a subscription, a table of the standard
book         state, history, event and time stamp, written together
ledger       all of it in a database; sweeping: what time does to it
terms        what one can subscribe to
judging      answers, files and invoices, by the terms
filing       documents, and which subscription has them
checking     checks that are made at a submission; deciding: what follows from them
outside      what others are asked, between transactions
registering  what a registry of carpool proofs says
sealing      files encrypted for the funder
authority    who stamps
refusing     refusals as problems
seeding      what it begins with
behaviours   wrong funders, to see that they are found
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from mobstd.errors import ConfigError, MissingExtra

if TYPE_CHECKING:
    from mobstd.mobility_aid.funder.door import Door
    from mobstd.mobility_aid.funder.ledger import Ledger
    from mobstd.mobility_aid.funder.registering import Registry
    from mobstd.mobility_aid.funder.sealing import FunderKey
    from mobstd.oidc.provider import Opens

__all__ = ["build"]

_LIFE = timedelta(days=365)


def build(
    *,
    db: str | None = None,
    data: str | Path | None = None,
    api_keys: Iterable[str] | None = None,
    stamps: str | None = None,
    behaviours: Iterable[str] = (),
    registry: Registry | None = None,
    issuer: str | None = None,
    audience: str | None = None,
    jwks: str | None = None,
    algorithms: str | Iterable[str] | None = None,
    opens: Opens | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    development: bool = False,
    check_answers: bool = False,
) -> Door:
    """Return the reference funder as an ASGI app.

    Args:
        db: ``sqlite:///file`` to keep all in a file, ``postgresql://host/database`` in PostgreSQL;
            in memory when ``None``.
        data: terms of aids, a JSON array or one a line; three invented ones when ``None``.
        api_keys: tokens of no form that are believed, each of the next funder, in the order of
            their SIREN; then there is no issuer for tests.
        stamps: the URL of a time-stamp authority; one of its own, for tests, when ``None``.
        behaviours: names of wrong behaviours (``mobstd.mobility_aid.funder.behaviours``).
        registry: asked about journeys; an invented one when ``None``.
        issuer: the URL of who signs persons in, who then alone speaks of persons; an issuer for
            tests when ``None``.
        audience: what that issuer calls this funder.
        jwks: the URL of its keys; what its discovery document says when ``None``.
        algorithms: what it signs with, with commas between; ES256 or RS256 when ``None``.
        opens: makes the senders that fetch its keys.
        clock: what time it is.
        development: its own wrong answers become a 500 that explains.
        check_answers: judge its own answers and log what is wrong with them.

    Raises:
        ConfigError: for a database, a file, an authority or an issuer that can't be used, or too
            many keys.
        RefusedDocument: for terms that the schema refuses, or whose documents nobody could open.
        UnknownName: for a behaviour that is not there.
        MissingExtra: where mobstd was installed without what it needs.
    """
    try:
        from mobstd.mobility_aid.funder.asking import Caller
        from mobstd.mobility_aid.funder.authority import (
            LocalAuthority,
            new_authority,
            remote_authority,
        )
        from mobstd.mobility_aid.funder.behaviours import BEHAVIOURS
        from mobstd.mobility_aid.funder.book import Book
        from mobstd.mobility_aid.funder.door import Door
        from mobstd.mobility_aid.funder.issuer import Issuer, new_key
        from mobstd.mobility_aid.funder.ledger import Ledger
        from mobstd.mobility_aid.funder.persons import persons_of
        from mobstd.mobility_aid.funder.registering import invented
        from mobstd.mobility_aid.funder.seeding import seed
        from mobstd.mobility_aid.funder.service import Funder
        from mobstd.mobility_aid.funder.states import table
        from mobstd.mobility_aid.funder.terms import published, terms_of
        from mobstd.oidc.provider import network
        from mobstd.serving.database import Away, opened
        from mobstd.serving.kit import app
        from mobstd.serving.misleading import mislead

        persons = persons_of(issuer, audience, jwks, algorithms, opens or network)
        remote = None if stamps is None else remote_authority(stamps)
    except ModuleNotFoundError as error:
        raise MissingExtra("funder.missing-extra", module=error.name or "") from None

    terms = terms_of(data)
    funders = sorted({one["funder"] for one in terms})
    given = [key.removeprefix("Bearer ") for key in api_keys or ()]
    if len(given) > len(funders):
        raise ConfigError("funder.too-many-keys", number=len(funders))
    opaque = {key: Caller("funder", name) for key, name in zip(given, funders, strict=False)}
    database = opened(db)
    try:
        ledger = Ledger(database)
        secrets = {name: _secret(ledger, name) for name in funders}
        signing = ledger.setting("issuer", new_key)
        stamping = ledger.setting("authority", new_authority) if remote is None else ""
        keys = {name: _key(secret, clock() + _LIFE) for name, secret in secrets.items()}
        offered = published(terms, keys, clock())
        every = ledger.terms(offered)
    except (Away, database.error) as error:
        raise database.unusable(error) from None
    authority = remote or LocalAuthority(clock, stamping)
    funder = Funder(
        ledger, Book(table()), offered, every, keys, authority, registry or invented, clock
    )
    if data is None:
        seed(funder, next(t for t in terms if t["checkMode"] == "manual" and t["evidenced"]))
    mislead(funder, behaviours, BEHAVIOURS)
    served = app(
        funder,
        "mobility-aid@0.1",
        "funder",
        development=development,
        check_answers=check_answers,
    )
    shown = {
        f"/sandbox/keys/{name}": (secret.encode(), "text/plain") for name, secret in secrets.items()
    }
    if isinstance(authority, LocalAuthority):
        shown["/sandbox/authority.pem"] = (authority.root, "application/x-pem-file")
    own = Issuer(signing, funders, opaque, persons is None, told=funder.granted, reads=funder.reads)
    return Door(served, own, shown, persons, funder.lets, open_to_tests=not given)


def _secret(ledger: Ledger, name: str) -> str:
    """Return the secret half of an invented funder's key, in base64, made the first time."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    def made() -> str:
        return base64.b64encode(X25519PrivateKey.generate().private_bytes_raw()).decode()

    return ledger.setting(f"key {name}", made)


def _key(secret: str, ends: datetime) -> FunderKey:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    from mobstd.mobility_aid.funder.sealing import FunderKey

    private = X25519PrivateKey.from_private_bytes(base64.b64decode(secret))
    return FunderKey("invented", 1, private.public_key().public_bytes_raw(), ends)
