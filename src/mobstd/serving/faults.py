"""Makes an implementation wrong on purpose: faults and twins around any ASGI app.

The data is in ``conformance/<standard>/faults`` and ``twins``; what it means is in
``mobstd.judging.fault``. A behaviour is not for here: the reference implementation has it itself.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from mobstd.canon.files import load
from mobstd.canon.openapi import operations
from mobstd.canon.root import packaged
from mobstd.canon.standard import Version
from mobstd.canon.validator import Validator, validator
from mobstd.canon.wording import worded
from mobstd.errors import CanonError, ConfigError, UnknownName
from mobstd.judging.answer_edit import edit_response
from mobstd.judging.exchange import Pairs
from mobstd.judging.fault import Fault, Twin, Variant, fault_of, twin_of
from mobstd.judging.pointer import join
from mobstd.judging.query_edit import edit_body, edit_headers, edit_request
from mobstd.serving.asgi import Asgi, Receive, Scope, Send
from mobstd.serving.holding import Held, Taken, as_form, as_json, is_form, lengthened

__all__ = [
    "FaultMiddleware",
    "behaviours",
    "held_to",
    "load_faults",
    "load_twins",
    "of_role",
    "select",
]


@cache
def _contract(name: str) -> Validator:
    folder = packaged().conformance
    found = [load(folder / f"{each}.schema.json") for each in ("requirement", "fault", "twin")]
    documents: Mapping[str, Any] = {document["$id"]: document for document in found}
    return validator(load(folder / f"{name}.schema.json"), documents)


def _rows(folder: Path, contract: str) -> list[Mapping[str, Any]]:
    rows: list[Mapping[str, Any]] = []
    for path in sorted(folder.glob("*.json")):
        content = load(path)
        problem = next(_contract(contract).problems(content), None)
        if problem is not None:
            raise CanonError(
                "faults.broken", file=str(path), at=join(problem.path), reason=worded(problem)
            )
        rows += content
    names = Counter(row["id"] for row in rows)
    twice = [name for name, times in names.items() if times > 1]
    if twice:
        raise CanonError("faults.twice", folder=str(folder), names=", ".join(twice))
    return rows


def _fits(variant: Variant, version: Version) -> bool:
    return not variant.versions or version.version in variant.versions


@cache
def load_faults(version: Version) -> Sequence[Fault]:
    """Return the faults of a version, in the order of files and rows.

    Raises:
        CanonError: where a file breaks its contract; the message says which and where.
    """
    found = (fault_of(row) for row in _rows(version.conformance / "faults", "fault"))
    return tuple(fault for fault in found if _fits(fault, version))


@cache
def load_twins(version: Version) -> Sequence[Twin]:
    """Return the twins of a version.

    Raises:
        CanonError: where a file breaks its contract; the message says which and where.
    """
    found = (twin_of(row) for row in _rows(version.conformance / "twins", "twin"))
    return tuple(twin for twin in found if _fits(twin, version))


def select(version: Version, names: Iterable[str]) -> list[Variant]:
    """Return the variants that names stand for.

    A name is an id (``OCSS-PRICE-05/euro-sign``, ``TWIN/media-type-case``) or a row, which stands
    for its first fault. ``@getDriverJourneys`` behind it narrows it to one operation.

    Raises:
        UnknownName: with the closest names that are there.
    """
    known: dict[str, Variant] = {}
    for variant in (*load_faults(version), *load_twins(version)):
        known[variant.id] = variant
        if isinstance(variant, Fault):
            known.setdefault(variant.requirement, variant)
    return [_one(version, known, name) for name in names]


def _one(version: Version, known: Mapping[str, Variant], name: str) -> Variant:
    wanted, _, operation = name.partition("@")
    if wanted not in known:
        close = difflib.get_close_matches(wanted, known, n=5, cutoff=0.5) or sorted(known)[:5]
        raise UnknownName(
            "faults.unknown", wanted=wanted, version=str(version), known=", ".join(close)
        )
    variant = known[wanted]
    if not operation:
        return variant
    there = variant.operations or [o for role in version.roles for o in operations(version, role)]
    if operation not in there:
        raise UnknownName(
            "faults.unknown-operation", wanted=wanted, operation=operation, known=", ".join(there)
        )
    return replace(variant, operations=(operation,))


def of_role(variants: Iterable[Variant], version: Version, role: str) -> list[Variant]:
    """Return the variants that a role has."""
    return [variant for variant in variants if role in (variant.roles or (version.role,))]


def held_to(
    variants: Sequence[Variant], version: Version, role: str, *, key: bool, partner: bool
) -> None:
    """See that each variant can show itself in what is served.

    Raises:
        ConfigError: where it is another role's, or needs a key, or a partner to call.
    """
    known = of_role(variants, version, role)
    for variant in variants:
        if variant not in known:
            roles = ", ".join(variant.roles or (version.role or "",))
            raise ConfigError("serving.fault-of-other-role", id=variant.id, role=role, roles=roles)
        if variant.setting.key and not key:
            raise ConfigError("serving.fault-needs-key")
        if variant.setting.partner and not partner:
            raise ConfigError("serving.fault-needs-partner")


def behaviours(variants: Iterable[Variant]) -> dict[str, tuple[str, ...]]:
    """Return the behaviours among variants, each with the operations that have it (none: all)."""
    return {v.behaviour: v.operations for v in variants if v.behaviour}


class FaultMiddleware:
    """An ASGI app around another one, whose requests and answers go through the variants.

    Args:
        app: the right implementation.
        faults: faults and twins, applied in this order to requests and to answers.
        version: the version that it serves.
        role: the role that it serves.

    Attributes:
        touched: how many requests and answers came out changed.
        awake: whether the variants are applied.
    """

    def __init__(self, app: Asgi, faults: Iterable[Variant], version: Version, role: str) -> None:
        self._app = app
        self._variants = tuple(faults)
        self._operations = list(operations(version, role).values())
        self._seen: Counter[str] = Counter()
        self.touched = 0
        self.awake = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        operation = self._operation(scope)
        concerned = [v for v in self._variants if self.awake and v.concerns(operation)]
        if operation is None or not concerned:
            await self._app(scope, receive, send)
            return
        self._seen[operation] += 1
        nth = self._seen[operation]
        asked = _pairs(scope["query_string"])
        taken = await Taken.of(receive) if any(map(_reads_body, concerned)) else None
        form = is_form(scope["headers"])
        sent = b"" if taken is None else as_json(taken.body) if form else taken.body
        came = _headers(scope)
        query, body, headers = asked, sent, came
        for variant in concerned:
            headers = edit_headers(variant, headers)
            query, body = (
                edit_request(variant, operation, query, nth, body),
                edit_body(variant, operation, query, body, nth),
            )
        if headers != came:
            raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
            scope = {**scope, "headers": raw}
        if query != asked:
            scope = {**scope, "query_string": urlencode(query).encode("ascii")}
        if taken is not None:
            given = taken.body if body == sent else as_form(body) if form else body
            if given != taken.body:
                scope = {**scope, "headers": lengthened(scope["headers"], len(given))}
            receive = taken.handed(given)
        self.touched += (query, body, headers) != (asked, sent, came)
        if not any(variant.response for variant in concerned):
            await self._app(scope, receive, send)
            return

        def edit(status: int, headers: Pairs, answer: bytes) -> tuple[int, Pairs, bytes]:
            before = status, headers, answer
            for variant in concerned:
                status, headers, answer = edit_response(
                    variant, operation, asked, status, headers, answer, nth, sent
                )
            self.touched += before != (status, headers, answer)
            return status, headers, answer

        await self._app(scope, receive, Held(send, edit))

    def _operation(self, scope: Scope) -> str | None:
        if scope["type"] != "http":
            return None
        path, method = scope["path"], scope["method"]
        return next(
            (o.id for o in self._operations if o.method == method and o.path_pattern.search(path)),
            None,
        )


def _reads_body(variant: Variant) -> bool:
    when = variant.when
    return bool(when.body or when.sent) or any("at" in edit.params for edit in variant.request)


def _headers(scope: Scope) -> Pairs:
    return tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"])


def _pairs(query: bytes) -> Pairs:
    return tuple(parse_qsl(query.decode("latin-1"), keep_blank_values=True))
