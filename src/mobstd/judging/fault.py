"""Faults and twins as data.

A fault makes a right implementation wrong in one way, a twin makes it different and still right.
The edits are described in ``conformance/README.md``. Where the conditions of ``when`` do not hold,
or nothing is found to change, what went in comes out, byte for byte: ``query_edit``,
``answer_edit`` and ``call_edit``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Edit", "Fault", "Setting", "Twin", "Variant", "When", "fault_of", "twin_of"]


@dataclass(frozen=True)
class When:
    """Which exchanges are hit; everything that is left out holds."""

    status: tuple[int, ...] = ()
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    answer: Mapping[str, Any] = field(default_factory=dict)
    min_items: int | None = None
    max_items: int | None = None
    every: int = 1
    sent: str = ""


@dataclass(frozen=True)
class Setting:
    """What has to be so for a variant to be seen.

    Attributes:
        key: the implementation asks for a key, and the profile has it.
        key_header: the profile has the key in this header instead of the standard's.
        blocks: blocks that the profile declares beside those of the operations.
        domains: the operator domains of the profile.
        undeclared: the profile declares no block.
        declared: the profile declares these blocks and no other.
        second: there is a second party with a key of its own, and the profile has that key too.
        partner: the implementation calls a partner, who listens.
        issuer: the implementation trusts an issuer of ID tokens, and the profile has it.
        clock: the implementation has a set-up hook that moves its clock, and the profile has it.
        scopes: the implementation has a token endpoint, and the profile a client of it.
    """

    key: bool = False
    key_header: str = ""
    blocks: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    undeclared: bool = False
    declared: tuple[str, ...] = ()
    second: bool = False
    partner: bool = False
    issuer: bool = False
    clock: bool = False
    scopes: bool = False


@dataclass(frozen=True)
class Edit:
    """One edit: ``op`` with its parameters."""

    op: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.params[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Return one parameter, or ``default``."""
        return self.params.get(name, default)


@dataclass(frozen=True)
class Variant:
    """What faults and twins share.

    Attributes:
        id: ``OCSS-SEARCH-12/ignores-radius``, or ``TWIN/media-type-case``.
        operations: those that have it; empty for all.
        together: they have it at the same time; it cannot be seen in one alone.
        roles: those that have it, each on its own; empty for the main one.
        versions: those that it is good for; empty for all.
        call: edits of what the implementation sends by itself; ``operations`` are what it calls.
        behaviour: of the reference implementation, instead of the edits.
        seen: where it was met in the field.
    """

    id: str
    title: Mapping[str, str]
    operations: tuple[str, ...] = ()
    together: bool = False
    roles: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    when: When = field(default_factory=When)
    setting: Setting = field(default_factory=Setting)
    request: tuple[Edit, ...] = ()
    response: tuple[Edit, ...] = ()
    call: tuple[Edit, ...] = ()
    behaviour: str | None = None
    seen: str | None = None

    def concerns(self, operation: str | None) -> bool:
        """Say whether the operation has it; what is no operation has none."""
        return operation is not None and (not self.operations or operation in self.operations)


@dataclass(frozen=True)
class Fault(Variant):
    """One known violation of ``requirement``; ``equivalent`` says why nobody could see it.

    The same mistake may violate ``also`` other rows.
    """

    requirement: str = ""
    also: tuple[str, ...] = ()
    equivalent: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Twin(Variant):
    """One legal variant, and why it is legal."""

    because: Mapping[str, str] = field(default_factory=dict)


def _edits(rows: list[Mapping[str, Any]]) -> tuple[Edit, ...]:
    return tuple(Edit(row["op"], {k: v for k, v in row.items() if k != "op"}) for row in rows)


def _shared(row: Mapping[str, Any]) -> dict[str, Any]:
    when, setting = row.get("when", {}), row.get("setting", {})
    return {
        "id": row["id"],
        "title": row["title"],
        "operations": tuple(row.get("operations", ())),
        "together": row.get("together", False),
        "roles": tuple(row.get("roles", ())),
        "versions": tuple(row.get("versions", ())),
        "when": When(
            tuple(when.get("status", ())),
            when.get("query", {}),
            when.get("body", {}),
            when.get("answer", {}),
            when.get("min_items"),
            when.get("max_items"),
            when.get("every", 1),
            when.get("sent", ""),
        ),
        "setting": Setting(
            setting.get("key", False),
            setting.get("key_header", ""),
            tuple(setting.get("blocks", ())),
            tuple(setting.get("domains", ())),
            setting.get("undeclared", False),
            tuple(setting.get("declared", ())),
            setting.get("second", False),
            setting.get("partner", False),
            setting.get("issuer", False),
            setting.get("clock", False),
            setting.get("scopes", False),
        ),
        "request": _edits(row.get("request", [])),
        "response": _edits(row.get("response", [])),
        "call": _edits(row.get("call", [])),
        "behaviour": row.get("behaviour"),
        "seen": row.get("seen"),
    }


def fault_of(row: Mapping[str, Any]) -> Fault:
    """Return the fault that a row of ``faults/*.json`` describes; the row obeys its contract."""
    return Fault(
        **_shared(row),
        requirement=row["requirement"],
        also=tuple(row.get("also", ())),
        equivalent=row.get("equivalent"),
    )


def twin_of(row: Mapping[str, Any]) -> Twin:
    """Return the twin that a row of ``twins/*.json`` describes; the row obeys its contract."""
    return Twin(**_shared(row), because=row["because"])
