"""One edit of a document that is right: left out, another value, too long, null."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import reduce
from typing import Any

from mobstd.canon.schemas import documents
from mobstd.canon.standard import Version
from mobstd.judging.pointer import MISSING, get, steps

__all__ = ["Edit", "edits", "members", "parts", "put", "put_all", "without"]


@dataclass(frozen=True)
class Edit:
    """One edit, with the place that it is about and the severity of a finding."""

    name: str
    at: str
    document: dict[str, Any]
    severity: str = "error"


def without(document: Mapping[str, Any], pointer: str) -> dict[str, Any]:
    """Return the document without the member at ``pointer``."""
    out = deepcopy(dict(document))
    *above, last = steps(pointer)
    holder: Any = out
    for step in above:
        holder = holder.get(step, {})
    holder.pop(last, None)
    return out


def put(document: Mapping[str, Any], pointer: str, value: Any) -> dict[str, Any]:
    """Return the document with another value at ``pointer``."""
    out = deepcopy(dict(document))
    *above, last = steps(pointer)
    holder: Any = out
    for step in above:
        holder = holder.setdefault(step, {})
    holder[last] = value
    return out


def put_all(document: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with other values, by pointer."""
    return reduce(lambda out, one: put(out, *one), values.items(), dict(document))


def _value(edit: Mapping[str, Any]) -> Any:
    if "length" in edit:
        blanks = edit.get("blank", 0)
        return (edit.get("of", "x") * edit["length"])[: edit["length"] - blanks] + " " * blanks
    return edit["value"]


def edits(
    wanted: Sequence[Mapping[str, Any]],
    document: Mapping[str, Any],
    members: Mapping[str, Sequence[str]],
) -> Iterator[Edit]:
    """Yield each edited document.

    Args:
        wanted: ``{at, remove|value|length}``, or ``{each: required|optional, below, remove|value}``
            for every such member that the document has, or could have; with ``where``, only of a
            document that has that.
        document: what is right.
        members: the names by ``required`` and ``optional``, as pointers.
    """
    for edit in wanted:
        if "where" in edit and get(document, edit["where"]) is MISSING:
            continue
        severity = edit.get("severity", "error")
        right = put_all(document, edit.get("also", {}))
        if "each" in edit:
            for pointer in members[edit["each"]]:
                if get(right, pointer) is MISSING and edit.get("remove"):
                    continue
                changed = (
                    without(right, pointer)
                    if edit.get("remove")
                    else put(right, pointer, edit["value"])
                )
                yield Edit(pointer, pointer, changed, severity)
            continue
        pointer = edit["at"]
        if edit.get("remove"):
            if get(right, pointer) is MISSING:
                continue
            yield Edit(edit.get("name", pointer), pointer, without(right, pointer), severity)
        else:
            changed = put(right, pointer, _value(edit))
            if changed != document:
                yield Edit(edit.get("name", pointer), pointer, changed, severity)


def members(version: Version, schema: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the pointers of what a schema needs (``required``) and knows beside (``optional``).

    Of an object that is needed, its own members too.
    """
    found: dict[str, list[str]] = {"required": [], "optional": []}
    _collect(version, schema, "", found, 0)
    return found


def _collect(
    version: Version, schema: Mapping[str, Any], at: str, found: dict[str, list[str]], depth: int
) -> None:
    every = list(parts(version, schema))
    needed = [name for part in every for name in part.get("required", ())]
    known = {n: s for part in every for n, s in part.get("properties", {}).items()}
    for name in dict.fromkeys((*needed, *known)):
        pointer = f"{at}/{name}"
        found["required" if name in needed else "optional"].append(pointer)
        if name in needed and name in known and depth < 2:
            _collect(version, known[name], pointer, found, depth + 1)


def parts(version: Version, schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a schema and what it is made of, references followed."""
    reference = schema.get("$ref")
    if isinstance(reference, str):
        name = reference.rpartition("/")[2]
        target = next((d for uri, d in documents(version).items() if uri.endswith(f"/{name}")), {})
        yield from parts(version, target)
    yield schema
    for part in schema.get("allOf", ()):
        yield from parts(version, part)
