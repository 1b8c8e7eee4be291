"""Opens the implementation of a version that mobstd has: its reference, or its examples."""

from __future__ import annotations

import inspect
import json
import shlex
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from mobstd.canon.openapi import Operation, key_header, operations
from mobstd.canon.plug import resolve
from mobstd.canon.schemas import documents
from mobstd.canon.standard import Version
from mobstd.errors import ConfigError, UnknownName
from mobstd.judging.call_edit import Outgoing
from mobstd.judging.catalogue import catalogue
from mobstd.judging.fault import Variant
from mobstd.serving.asgi import Around, Asgi
from mobstd.serving.bridging import bridge
from mobstd.serving.examples import Examples, example_query
from mobstd.serving.faults import FaultMiddleware, behaviours
from mobstd.serving.kit import app

__all__ = ["curl", "has_reference", "implementation", "role_of"]


def role_of(version: Version, wanted: str | None) -> str:
    """Return the role to serve: the wanted one, or the one that is meant where none is named.

    Raises:
        UnknownName: where it is not there, or where there are several to choose from.
    """
    known = version.roles
    chosen = wanted or version.role
    if chosen is not None and chosen in known:
        return chosen
    code = "serving.choose-role" if wanted is None else "serving.unknown-role"
    raise UnknownName(code, wanted=wanted or "", version=str(version), known=", ".join(known))


def has_reference(version: Version) -> bool:
    """Say whether a version has a reference implementation in Python."""
    return bool(version.plug and version.version in (version.plug.references or {}))


def implementation(
    version: Version,
    role: str,
    *,
    variants: Sequence[Variant] = (),
    api_keys: Iterable[str] | None = None,
    source: str | None = None,
    **options: Any,
) -> Asgi:
    """Return the implementation of a version as an ASGI app, with faults and twins if wanted.

    Args:
        version: the version.
        role: the role.
        variants: faults and twins; a behaviour is asked of the reference itself.
        api_keys: the accepted keys; ``None``: open to everybody.
        source: ``standard=URL`` of a partner that speaks another standard; what it answers is
            served in place of the reference.
        options: what the reference takes (``seed``, ``now``, ``count``, ``area``, ``db``,
            ``data``) or the bridge; one that is ``None`` counts as not given.

    Raises:
        ConfigError: for an option or a behaviour that this implementation has not.
    """
    given = {name: value for name, value in options.items() if value is not None}
    wanted = behaviours(variants)
    if wanted:
        given["behaviours"] = [
            f"{name}@{','.join(where)}" if where else name for name, where in wanted.items()
        ]
    if api_keys is not None:
        given["api_keys"] = tuple(api_keys)
    if any(variant.call for variant in variants):
        given["outgoing"] = Outgoing(variants)
    build = _builder(version, role, source)
    unknown = sorted(set(given) - set(inspect.signature(build).parameters))
    if unknown:
        raise ConfigError("serving.no-option", version=str(version), names=", ".join(unknown))
    made: Asgi = build(**given)
    edits = [variant for variant in variants if not variant.behaviour]
    return Around(FaultMiddleware(made, edits, version, role), made) if edits else made


def _builder(version: Version, role: str, source: str | None) -> Callable[..., Asgi]:
    if source is not None:
        return bridge(version, source)
    return _reference(version, role) or _from_examples(version, role)


def _reference(version: Version, role: str) -> Callable[..., Asgi] | None:
    """Return what builds the reference of a role: its own, or the version's for the main role."""
    known = (version.plug.references if version.plug else None) or {}
    name = known.get(f"{version.version}/{role}")
    if name is None and role == version.role:
        name = known.get(version.version)
    found: Callable[..., Asgi] | None = None if name is None else resolve(name)
    return found


def _from_examples(version: Version, role: str) -> Callable[..., Asgi]:
    def build(*, data: str | Path | None = None, api_keys: Iterable[str] | None = None) -> Asgi:
        service = Examples(version, role, None if data is None else Path(data))
        return app(service, version, role, api_keys=api_keys)

    return build


def curl(served: Asgi, version: Version, role: str, url: str, key: str = "") -> str:
    """Return a command line that asks something that works.

    ``key`` is written into it as it stands, such as ``$MOBSTD_KEY``. An app whose requests need
    more than that has a method ``curl`` of its own.
    """
    own = getattr(served, "curl", None)
    made: str | None = own(url) if own else None
    if made is not None:
        return made
    known = operations(version, role)
    reads = [o for o in known.values() if o.method == "GET" and "{" not in o.path]
    operation = reads[0] if reads else next(iter(known.values()))
    asks = getattr(served, "example_query", None)
    query = asks(operation.id) if asks else None
    if query is None:
        query = example_query(catalogue(version, role), operation.id)
    written = {p.name: p.write(query[p.name]) for p in operation.parameters if p.name in query}
    target = f"{url}{operation.path}" + (f"?{urlencode(written)}" if written else "")
    name = key_header(version, role)
    header = f'-H "{name}: {key}" ' if key and operation.answer(401) else ""
    return f"curl -s {header}{_written(version, operation)}{shlex.quote(target)}"


def _written(version: Version, operation: Operation) -> str:
    """Return the options that send what an operation writes: an example of its schema."""
    if operation.method == "GET":
        return ""
    options = f"-X {operation.method} "
    for media, schema in operation.body.items():
        known = documents(version).get(str(schema.get("$ref")), schema)
        for example in known.get("examples", ())[:1]:
            text = shlex.quote(json.dumps(example, ensure_ascii=False))
            options += f"-H 'Content-Type: {media}' -d {text} "
    return options
