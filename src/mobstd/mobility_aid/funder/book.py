"""What happens to subscriptions, written down: state, history, event and time stamp together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from mobstd.mobility_aid.funder.ledger import Act, Item
from mobstd.mobility_aid.funder.outside import Outside
from mobstd.mobility_aid.funder.states import Table
from mobstd.mobility_aid.timestamps import canonical, digest_of, read_token

__all__ = ["Book", "written"]

_NOT_STAMPED = ("allowed", "history", "updatedAt")


def written(at: datetime) -> str:
    """Return an instant as text."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


class Book:
    """Writes down what happens.

    Attributes:
        table: the life of a subscription.
    """

    def __init__(self, table: Table) -> None:
        self.table = table

    def enter(
        self,
        act: Act,
        outside: Outside,
        item: Item,
        terms: Mapping[str, Any],
        event: str,
        actor: str,
        decision: Item | None = None,
    ) -> Item:
        """Write an entry of the history, what it makes of the subscription, and its stamp.

        Raises:
            Unanswered: where the stamp was not asked for yet; then nothing may be kept.
        """
        sequence = len(item["history"]) + 1
        entry: Item = {
            "sequence": sequence,
            "at": outside.now,
            "event": event,
            "state": item["state"],
            "actor": actor,
            **({"decision": decision} if decision else {}),
        }
        if item["evidenced"]:
            record = _stamped(item, entry, outside)
            entry |= {"at": record["at"], "digest": record["digest"]}
            act.note("stamp", terms["funder"], item["subject"], record)
        item["history"].append(entry)
        item["updatedAt"] = entry["at"]
        item["allowed"] = self.table.allowed(item["state"], terms)
        told = {name: item[name] for name in ("aid", "state")}
        told = {"at": entry["at"], "subscription": item["id"], **told}
        act.note("event", terms["funder"], item["subject"], told)
        return item


def _stamped(item: Item, entry: Item, outside: Outside) -> Item:
    """Return the record of a stamp over a subscription and the entry that is being written."""
    shown = {name: value for name, value in item.items() if name not in _NOT_STAMPED}
    what = {name: value for name, value in entry.items() if name != "at"}
    data = canonical({**shown, "entry": what}).decode()
    digest = digest_of(data)
    token = outside.stamp(digest)
    return {
        "subscription": item["id"],
        "entry": entry["sequence"],
        "at": written(read_token(token).at),
        "digest": digest,
        "data": data,
        "token": token,
    }
