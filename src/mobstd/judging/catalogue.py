"""The catalogue of a version and role: rows, blocks, collections, bound to the operations."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

from mobstd.canon.files import load_if_there
from mobstd.canon.openapi import Operation, operations
from mobstd.canon.standard import Version
from mobstd.errors import CanonError
from mobstd.judging.requirement import Calls, Check, Requirement

__all__ = [
    "Block",
    "Catalogue",
    "Collection",
    "Opening",
    "callers",
    "catalogue",
    "in_version",
    "requirement",
]

CALLED = "called"
"""The kind of check that says that a row's ``calls`` bind the role as well, in what it calls."""


@dataclass(frozen=True)
class Block:
    """What can be implemented alone. ``core``: rows without which a green means nothing."""

    id: str
    role: str
    operations: tuple[str, ...]
    core: tuple[str, ...] = ()
    group: str | None = None


@dataclass(frozen=True)
class Opening:
    """How what is listed is read alone.

    Attributes:
        operation: what reads one thing.
        parameter: of that operation, which names the thing.
        at: pointer into a listed item to what names it.
        over: parameter of the list whose values tell lists apart, all of which are asked for.
    """

    operation: str
    parameter: str
    at: str
    over: str | None = None


@dataclass(frozen=True)
class Collection:
    """An operation that answers a list.

    Attributes:
        items: pattern of one item in the body.
        identity: pointers into an item that tell two items apart.
        otherwise: pointers that tell them apart where the identity is missing.
        opens: how an item is read alone.
    """

    items: str
    identity: tuple[str, ...]
    otherwise: tuple[str, ...] = ()
    schema: str | None = None
    opens: Opening | None = None


@dataclass(frozen=True)
class Catalogue:
    """Everything that judging needs to know of a standard's version, for one role.

    ``callers``: it is about who calls that role rather than who has it.
    """

    version: Version
    role: str
    rows: Mapping[str, Requirement]
    blocks: Mapping[str, Block]
    collections: Mapping[str, Collection]
    operations: Mapping[str, Operation]
    exploration: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    callers: bool = False

    def __hash__(self) -> int:
        return hash((self.version, self.role, self.callers))

    @cached_property
    def block_of(self) -> Mapping[str, str]:
        """The block of each operation."""
        return {op: block.id for block in self.blocks.values() for op in block.operations}

    def operations_of(self, row: Requirement, check: Check | None = None) -> tuple[str, ...]:
        """Return the operations that a row, or one check of it, is about."""
        named = (check.get("operations") if check else None) or row.operations
        if named:
            return tuple(op for op in named if op in self.operations)
        if row.blocks:
            return tuple(
                op for b in row.blocks if b in self.blocks for op in self.blocks[b].operations
            )
        return tuple(self.operations)

    def blocks_of(self, row: Requirement) -> tuple[str, ...]:
        """Return the blocks that a row counts in; for a cross-cutting row, all."""
        if row.blocks:
            return tuple(b for b in row.blocks if b in self.blocks)
        found = dict.fromkeys(self.block_of.get(op, "") for op in self.operations_of(row))
        return tuple(block for block in found if block)

    @cached_property
    def checks(self) -> tuple[tuple[Requirement, Check], ...]:
        """Every check with its row."""
        return tuple((row, check) for row in self.rows.values() for check in row.checks)

    @cached_property
    def by_operation(self) -> Mapping[str, tuple[tuple[Requirement, Check], ...]]:
        """The checks that are about each operation."""
        found: dict[str, list[tuple[Requirement, Check]]] = {op: [] for op in self.operations}
        for row, check in self.checks:
            for op in self.operations_of(row, check):
                found[op].append((row, check))
        return {op: tuple(pairs) for op, pairs in found.items()}

    @cached_property
    def hash(self) -> str:
        """The hash of the catalogue's files."""
        digest = hashlib.sha256()
        for name in ("requirements.yaml", "suite.yaml"):
            path = self.version.conformance / name
            digest.update(path.read_bytes() if path.is_file() else b"")
        return digest.hexdigest()


def _filled(value: Any, params: Mapping[str, Any]) -> Any:
    """Replace ``$name`` by what the version says."""
    if isinstance(value, str) and value.startswith("$") and value[1:] in params:
        return params[value[1:]]
    if isinstance(value, dict):
        return {key: _filled(item, params) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, params) for item in value]
    return value


def in_version(row: Mapping[str, Any], version: str) -> Mapping[str, Any]:
    """Return a row of a catalogue file as a version has it: with what ``changes`` says there."""
    changed = row.get("changes", {}).get(version, {})
    ended: set[str] = {"checks", "covers"} if "untested" in changed else set()
    if changed.keys() & {"checks", "covers"}:
        ended = {"untested"}
    return {name: value for name, value in {**row, **changed}.items() if name not in ended}


def _checks(rows: Iterable[Mapping[str, Any]], params: Mapping[str, Any]) -> tuple[Check, ...]:
    return tuple(
        Check(check["kind"], {k: _filled(v, params) for k, v in check.items() if k != "kind"})
        for check in rows
    )


def requirement(row: Mapping[str, Any], version: str) -> Requirement:
    """Return one row of a catalogue file, with the parameters of a version filled in."""
    row = in_version(row, version)
    params = row.get("params", {}).get(version, {})
    calls = row.get("calls")
    return Requirement(
        id=row["id"],
        level=row["level"],
        origin=row["origin"],
        roles=tuple(row.get("roles", ())),
        blocks=tuple(row.get("blocks", ())),
        operations=tuple(row.get("operations", ())),
        topic=row["id"].split("-")[1],
        title=row["title"],
        source=tuple(row.get("source", ())),
        ambiguities=tuple(row.get("ambiguities", ())),
        checks=_checks(row.get("checks", ()), params),
        covers=tuple(row.get("covers", ())),
        untested=row.get("untested"),
        calls=calls and Calls(_checks(calls["checks"], params), calls.get("title")),
    )


def _binds(row: Requirement, role: str, served: Mapping[str, Operation]) -> bool:
    """Say whether a row binds a role; one with checks, in what the role serves or calls."""
    if row.roles and role not in row.roles:
        return False
    tried = row.untested is None and bool(row.operations)
    calls = any(check.kind == CALLED for check in row.checks)
    return not tried or calls or any(op in served for op in row.operations)


def _about(version: Version, row: Requirement, checks: Sequence[Check]) -> set[str]:
    """Return the operations that checks of a row name, else those of its blocks, else all."""
    named = {op for check in checks for op in check.get("operations", ())} | set(row.operations)
    blocks = version.suite["blocks"]
    if not named and row.blocks:
        return {op for name in row.blocks for op in blocks[name].get("operations", ())}
    return named or {op for role in version.roles for op in operations(version, role)}


def _as_caller(
    row: Requirement, version: Version, role: str, served: Mapping[str, Operation]
) -> Requirement:
    """Return a row as it binds a role that only calls what it is about: by its ``calls`` alone."""
    if row.calls is None or role not in row.roles or any(c.kind == CALLED for c in row.checks):
        return row
    if row.untested is None and _about(version, row, row.checks) & set(served):
        return row
    others = {op for other in version.roles if other != role for op in operations(version, other)}
    if not _about(version, row, row.calls.checks) & (others - set(served)):
        return row
    return replace(
        row,
        title=row.calls.title or row.title,
        checks=(Check(CALLED, {}),),
        operations=(),
        covers=(),
        untested=None,
    )


def _core(block: Mapping[str, Any], served: Mapping[str, Operation]) -> Sequence[str]:
    """Return the core rows of a block; those of who calls, for a role that serves none of it."""
    operations = block.get("operations", ())
    calls_only = bool(operations) and not any(op in served for op in operations)
    core: Sequence[str] = block.get("calls", {}).get("core", ()) if calls_only else ()
    return core or block.get("core", ())


def _rows(version: Version) -> Iterator[Requirement]:
    for raw in load_if_there(version.conformance / "requirements.yaml", []):
        try:
            if version.version in raw.get("versions", [version.version]):
                yield requirement(raw, version.version)
        except (KeyError, TypeError, IndexError) as error:
            raise CanonError(
                "canon.broken-row", row=str(raw.get("id", "?")), reason=repr(error)
            ) from None


@cache
def catalogue(version: Version, role: str) -> Catalogue:
    """Return the catalogue of a version for one role.

    Raises:
        CanonError: where a row is broken; the message names it.
        UnknownName: where the role has no OpenAPI document.
    """
    suite = version.suite
    served = operations(version, role)
    every = (_as_caller(row, version, role, served) for row in _rows(version))
    own = {row.id: row for row in every if _binds(row, role, served)}
    return Catalogue(
        version=version,
        role=role,
        rows=own,
        blocks={
            name: Block(
                name,
                role,
                tuple(op for op in block.get("operations", ()) if op in served),
                tuple(row for row in _core(block, served) if row in own),
                block.get("group"),
            )
            for name, block in suite.get("blocks", {}).items()
            if role in ([block["role"]] if isinstance(block["role"], str) else block["role"])
        },
        collections={
            op: Collection(
                found["items"],
                tuple(found["identity"]),
                tuple(found.get("otherwise", ())),
                found.get("schema"),
                Opening(**found["opens"]) if "opens" in found else None,
            )
            for op, found in suite.get("collections", {}).items()
        },
        operations=served,
        exploration=suite.get("exploration", {}),
    )


def _of_callers(row: Requirement, found: Catalogue) -> Requirement | None:
    """Return a row as it binds who calls, where it asks anything of them in these operations."""
    if row.calls is None:
        return None
    title, checks = row.calls.title or row.title, row.calls.checks
    own = replace(row, checks=checks, title=title, covers=(), untested=None)
    about = dict.fromkeys(op for check in checks for op in found.operations_of(own, check))
    return replace(own, blocks=(), operations=tuple(about)) if about else None


@cache
def callers(version: Version, role: str) -> Catalogue:
    """Return the catalogue of a version for those who call ``role``.

    Its rows are those that ask something of who calls, with ``calls`` in place of their checks; a
    block has the core rows that ``suite.yaml`` names for callers.

    Raises:
        CanonError: where a row is broken; the message names it.
        UnknownName: where the role has no OpenAPI document.
    """
    served = catalogue(version, role)
    blocks = {}
    for name, block in served.blocks.items():
        said = version.suite["blocks"][name].get("calls", {})
        named = said.get("operations", block.operations)
        about = tuple(op for op in named if op in served.operations)
        blocks[name] = replace(block, operations=about, core=tuple(said.get("core", ())))
    found = replace(served, callers=True, collections={}, exploration={}, blocks=blocks)
    bound = (_of_callers(row, found) for row in _rows(version))
    rows = {row.id: row for row in bound if row is not None}
    own = {
        name: replace(block, core=tuple(row for row in block.core if row in rows))
        for name, block in blocks.items()
        if block.operations
    }
    return replace(found, rows=rows, blocks=own)
