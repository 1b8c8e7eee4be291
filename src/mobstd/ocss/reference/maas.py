"""The reference implementation of a MaaS: takes news of bookings, changes of them, and messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from mobstd.errors import MissingExtra

if TYPE_CHECKING:
    from mobstd.ocss.reference.ledger import Ledger
    from mobstd.ocss.reference.people import Item
    from mobstd.serving.asgi import Asgi

__all__ = ["ReferenceMaas", "build"]


def build(
    *,
    db: str | None = None,
    api_keys: Iterable[str] | None = None,
    development: bool = False,
    check_answers: bool = False,
) -> Asgi:
    """Return the reference MaaS as an ASGI app.

    Args:
        db: ``sqlite:///file`` to keep bookings in a file; in memory when ``None``.
        api_keys: the accepted keys; ``None``: open to everybody.
        development: its own wrong answers become a 500 that explains.
        check_answers: judge its own answers and log what is wrong with them.

    Raises:
        ConfigError: for a database that can't be used.
        MissingExtra: where mobstd was installed without ``server``.
    """
    try:
        from mobstd.ocss.generated.v1_0_alpha import STANDARD
        from mobstd.ocss.reference.ledger import Ledger
        from mobstd.ocss.reference.stores import file_of
        from mobstd.serving.kit import app
    except ModuleNotFoundError as error:
        raise MissingExtra("serving.missing-extra", module=error.name or "") from None

    return app(
        ReferenceMaas(Ledger(file_of(db))),
        STANDARD,
        "maas",
        api_keys=None if api_keys is None else tuple(api_keys),
        development=development,
        check_answers=check_answers,
    )


class ReferenceMaas:
    """A MaaS that answers as mobstd reads the standard.

    It knows the bookings that its front end wrote into the ledger, and those that it was told of.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def post_booking_events(self, _: Mapping[str, Any], event: Item) -> None:
        """Take news: 200 whether it counts, is repeated, or came late (A34, A35)."""
        self.ledger.take(event)

    def patch_bookings(self, asked: Mapping[str, Any]) -> None:
        """Change the status of a booking."""
        from mobstd.ocss.reference.counter import change

        change(self.ledger, asked, None)

    def post_messages(self, _: Mapping[str, Any], message: Item) -> None:
        """Take a message for somebody who has a booking."""
        from mobstd.serving.answers import Refuse

        to = message["to"]
        if not self.ledger.involves(to["operator"], to["id"]):
            raise Refuse(404)
        self.ledger.keep(message)
