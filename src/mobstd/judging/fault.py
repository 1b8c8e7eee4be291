"""Faults and twins as data: pure edits of a query and of an answer.

A fault makes a right implementation wrong in one way, a twin makes it different and still right.
The edits are described in ``conformance/README.md``. Where the conditions of ``when`` do not hold,
or nothing is found to change, what went in comes out, byte for byte.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from mobstd.judging.pointer import MISSING, get, steps

__all__ = [
    "Edit",
    "Fault",
    "Setting",
    "Twin",
    "Variant",
    "When",
    "edit_request",
    "edit_response",
    "fault_of",
    "holds",
    "twin_of",
]

Pairs = tuple[tuple[str, str], ...]
Answer = tuple[int, Pairs, bytes]


@dataclass(frozen=True)
class When:
    """Which exchanges are hit; everything that is left out holds."""

    status: tuple[int, ...] = ()
    query: Mapping[str, Any] = field(default_factory=dict)
    min_items: int | None = None
    max_items: int | None = None
    every: int = 1


@dataclass(frozen=True)
class Setting:
    """What has to be so for a variant to be seen.

    Attributes:
        key: the implementation asks for a key, and the profile has it.
        blocks: blocks that the profile declares beside those of the operations.
        domains: the operator domains of the profile.
        undeclared: the profile declares no block.
    """

    key: bool = False
    blocks: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    undeclared: bool = False


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
        versions: those that it is good for; empty for all.
        behaviour: of the reference implementation, instead of the edits.
        seen: where it was met in the field.
    """

    id: str
    title: Mapping[str, str]
    operations: tuple[str, ...] = ()
    together: bool = False
    versions: tuple[str, ...] = ()
    when: When = field(default_factory=When)
    setting: Setting = field(default_factory=Setting)
    request: tuple[Edit, ...] = ()
    response: tuple[Edit, ...] = ()
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
        "versions": tuple(row.get("versions", ())),
        "when": When(
            tuple(when.get("status", ())),
            when.get("query", {}),
            when.get("min_items"),
            when.get("max_items"),
            when.get("every", 1),
        ),
        "setting": Setting(
            setting.get("key", False),
            tuple(setting.get("blocks", ())),
            tuple(setting.get("domains", ())),
            setting.get("undeclared", False),
        ),
        "request": _edits(row.get("request", [])),
        "response": _edits(row.get("response", [])),
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


# Conditions


def holds(condition: Any, value: Any, *, text: bool = False) -> bool:
    """Say whether a value (or ``MISSING``) meets a condition; ``text``: it comes from a query."""
    if value is MISSING:
        return bool(condition == "absent")
    if isinstance(condition, str):
        return bool(condition == "present")
    return all(_meets(name, wanted, value, text) for name, wanted in condition.items())


def _meets(name: str, wanted: Any, value: Any, text: bool) -> bool:
    if name == "equals":
        return _same(wanted, value, text)
    if name == "not":
        return not _same(wanted, value, text)
    if name == "in":
        return any(_same(one, value, text) for one in wanted)
    if name == "matches":
        return isinstance(value, str) and re.fullmatch(wanted, value) is not None
    number = _number(value) if text else value
    if isinstance(number, bool) or not isinstance(number, int | float):
        return False
    return bool(number < wanted if name == "below" else number > wanted)


def _same(wanted: Any, value: Any, text: bool) -> bool:
    if text:
        return bool(value == (wanted if isinstance(wanted, str) else json.dumps(wanted)))
    return _canonical(wanted) == _canonical(value)


def _canonical(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, sort_keys=True)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _asked(when: When, query: Pairs, nth: int) -> bool:
    given: dict[str, str] = {}
    for name, value in query:
        given[name] = f"{given[name]},{value}" if name in given else value
    return nth % when.every == 0 and all(
        holds(condition, given.get(name, MISSING), text=True)
        for name, condition in when.query.items()
    )


# Requests


def edit_request(variant: Variant, operation: str | None, query: Pairs, nth: int = 0) -> Pairs:
    """Return the query as the implementation is to see it.

    Args:
        variant: the fault or twin.
        operation: the ``operationId`` that is called.
        query: names and values, as the caller sent them.
        nth: the number of the exchange among those of the operation, for ``when.every``.
    """
    if not variant.request or not variant.concerns(operation):
        return query
    if not _asked(variant.when, query, nth):
        return query
    for edit in variant.request:
        query = _REQUEST[edit.op](query, edit["parameter"], edit)
    return query


def _mapped(query: Pairs, name: str, change: Callable[[str], str]) -> Pairs:
    return tuple((key, change(value) if key == name else value) for key, value in query)


def _set(query: Pairs, name: str, edit: Edit) -> Pairs:
    if any(key == name for key, _ in query):
        return _mapped(query, name, lambda _: str(edit["value"]))
    return (*query, (name, edit["value"]))


def _default(query: Pairs, name: str, edit: Edit) -> Pairs:
    return query if any(key == name for key, _ in query) else (*query, (name, edit["value"]))


def _swap(query: Pairs, name: str, edit: Edit) -> Pairs:
    names = {name: edit["with"], edit["with"]: name}
    return tuple((names.get(key, key), value) for key, value in query)


def _arithmetic(change: Callable[[float, Edit], float]) -> Callable[[Pairs, str, Edit], Pairs]:
    def write(text: str, edit: Edit) -> str:
        number = _number(text)
        if number is None:
            return text
        after = change(number, edit)
        whole = re.fullmatch(r"[+-]?[0-9]+", text) is not None
        return str(round(after)) if whole and after == round(after) else repr(after)

    return lambda query, name, edit: _mapped(query, name, lambda text: write(text, edit))


def _clamp(number: float, edit: Edit) -> float:
    low, high = float(edit.get("min", "-inf")), float(edit.get("max", "inf"))
    return min(max(number, low), high)


def _repair(query: Pairs, name: str, edit: Edit) -> Pairs:
    return _mapped(
        query, name, lambda v: v if re.fullmatch(edit["pattern"], v) else str(edit["value"])
    )


def _token(query: Pairs, name: str, edit: Edit) -> Pairs:
    index = 0 if edit["keep"] == "first" else -1
    return _mapped(query, name, lambda value: value.split(",")[index])


_REQUEST: dict[str, Callable[[Pairs, str, Edit], Pairs]] = {
    "set": _set,
    "default": _default,
    "remove": lambda query, name, _: tuple(pair for pair in query if pair[0] != name),
    "scale": _arithmetic(lambda number, edit: number * edit["factor"]),
    "add": _arithmetic(lambda number, edit: number + edit["value"]),
    "swap": _swap,
    "clamp": _arithmetic(_clamp),
    "repair": _repair,
    "token": _token,
}


# Answers


@dataclass(frozen=True)
class _Place:
    """Where a value stands: in ``container`` at ``key``, and the path from the body."""

    container: Any
    key: Any
    path: tuple[Any, ...]

    @property
    def there(self) -> bool:
        if isinstance(self.container, dict):
            return self.key in self.container
        return bool(self.key < len(self.container))

    @property
    def value(self) -> Any:
        return self.container[self.key]

    @property
    def beside(self) -> Any:
        """What stands around the value: its object, or the value itself where it is an item."""
        return self.container if isinstance(self.container, dict) and self.path else self.value


def _places(place: _Place, rest: tuple[str, ...]) -> Iterator[_Place]:
    if not rest:
        yield place
        return
    if not place.there:
        return
    node, step = place.value, rest[0]
    if step == "**":
        yield from _places(place, rest[1:])
        for key in _keys(node):
            yield from _places(_Place(node, key, (*place.path, key)), rest)
    elif step == "*":
        for key in _keys(node):
            yield from _places(_Place(node, key, (*place.path, key)), rest[1:])
    elif isinstance(node, dict):
        yield from _places(_Place(node, step, (*place.path, step)), rest[1:])
    elif isinstance(node, list) and step.isdigit() and int(step) < len(node):
        yield from _places(_Place(node, int(step), (*place.path, int(step))), rest[1:])


def _keys(node: Any) -> list[Any]:
    if isinstance(node, dict):
        return list(node)
    return list(range(len(node))) if isinstance(node, list) else []


def edit_response(
    variant: Variant,
    operation: str | None,
    query: Pairs,
    status: int,
    headers: Pairs,
    body: bytes,
    nth: int = 0,
) -> Answer:
    """Return status, headers and body as the caller is to see them.

    Args:
        variant: the fault or twin.
        operation: the ``operationId`` that was called.
        query: names and values, as the caller sent them.
        status: of the answer of the implementation, with its ``headers`` and ``body``.
        headers: names and values; ``content-length`` is kept right.
        body: as it was to be sent.
        nth: the number of the exchange among those of the operation, for ``when.every``.
    """
    unchanged = status, headers, body
    when = variant.when
    if not variant.response or not variant.concerns(operation):
        return unchanged
    if not _asked(when, query, nth) or (when.status and status not in when.status):
        return unchanged
    draft = _Draft(status, headers, body, nth)
    if not _counted(when, draft):
        return unchanged
    for edit in variant.response:
        if edit.op in _ENVELOPE:
            _ENVELOPE[edit.op](draft, edit)
        else:
            draft.edit_body(edit)
    draft.flush()
    if draft.body == body:
        return draft.status, draft.headers, body
    length = str(len(draft.body))
    return (
        draft.status,
        tuple((k, length if k.lower() == "content-length" else v) for k, v in draft.headers),
        draft.body,
    )


def _counted(when: When, draft: _Draft) -> bool:
    if when.min_items is None and when.max_items is None:
        return True
    parsed = draft.parsed()
    if not isinstance(parsed, list):
        return False
    least = 0 if when.min_items is None else when.min_items
    most = len(parsed) if when.max_items is None else when.max_items
    return least <= len(parsed) <= most


class _Draft:
    """An answer that is being edited; the body is parsed when an edit needs it."""

    def __init__(self, status: int, headers: Pairs, body: bytes, nth: int) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.nth = nth
        self._holder: dict[str, Any] | None = None
        self._original: Any = MISSING
        self._changed = False

    def parsed(self) -> Any:
        """Return the body as a JSON value, ``MISSING`` where it is none."""
        if self._holder is None:
            try:
                value = json.loads(self.body)
            except ValueError:
                return MISSING
            self._holder = {"": value}
            if self._original is MISSING:
                self._original = json.loads(self.body)
        return self._holder[""]

    def edit_body(self, edit: Edit) -> None:
        if self.parsed() is MISSING or self._holder is None:
            return
        places = list(_places(_Place(self._holder, "", ()), steps(edit["at"])))
        if edit.op != "set" or "**" in edit["at"]:
            places = [place for place in places if place.there]
        if "where" in edit.params:
            places = [place for place in places if _where(edit["where"], place)]
        places = self._picked(places, edit)
        if edit.op in _BACKWARDS:
            places.reverse()
        for place in places:
            self._changed |= _BODY[edit.op](place, edit, self.nth)

    def _picked(self, places: list[_Place], edit: Edit) -> list[_Place]:
        pick = edit.get("pick", "all")
        if pick == "first":
            return places[:1]
        if pick == "last":
            return places[-1:]
        if pick == "odd":
            return places[1::2]
        if pick == "all":
            return places
        among = int(pick.rpartition("-")[2])
        return [place for place in places if self._drawn(place, edit.get("by", ""), among)]

    def _drawn(self, place: _Place, by: str, among: int) -> bool:
        """Say whether the item that the place is in is one of every ``among``."""
        item, index = self._original, place.path[0] if place.path else None
        if isinstance(item, list) and isinstance(index, int) and index < len(item):
            item = item[index]
        key = get(item, by)
        digest = hashlib.sha256(_canonical(item if key is MISSING else key).encode()).digest()
        return int.from_bytes(digest[:4], "big") % among == 0

    def flush(self) -> None:
        """Write the parsed body back, where something in it changed."""
        if self._changed and self._holder is not None:
            text = json.dumps(self._holder[""], ensure_ascii=False, separators=(",", ":"))
            self.body = _spelled(text).encode("utf-8", "surrogatepass")
        self._holder = None
        self._changed = False

    def rewrite(self, change: Callable[[bytes], bytes]) -> None:
        """Change the bytes of the body."""
        self.flush()
        self.body = change(self.body)

    def set_header(self, name: str, value: str | None, append: bool = False) -> None:
        if append and value is not None:
            self.headers = (*self.headers, (name, value))
            return
        kept = [pair for pair in self.headers if pair[0].lower() != name.lower()]
        self.headers = tuple(kept if value is None else [*kept, (name, value)])


_SPELLED = re.compile('"\ue000([^\ue001"]*)\ue001"')


def _spell(text: str) -> str:
    """Mark a text that is to stand in the JSON as it is."""
    return f"\ue000{text}\ue001"


def _spelled(text: str) -> str:
    return _SPELLED.sub(r"\1", text)


def _where(conditions: Mapping[str, Any], place: _Place) -> bool:
    beside = place.container if isinstance(place.container, dict) else None
    if beside is None or not place.path:
        if not place.there:
            return False
        beside = place.value
    return all(holds(condition, get(beside, at)) for at, condition in conditions.items())


_Change = Callable[[_Place, Edit, int], bool]


_EXACT = 2**53
"""Above, a whole number written as a real one may be another number."""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _put(place: _Place, value: Any) -> bool:
    place.container[place.key] = value
    return True


def _numbers(change: Callable[[Any, Edit], Any]) -> _Change:
    return lambda place, edit, _: _is_number(place.value) and _put(place, change(place.value, edit))


def _texts(change: Callable[[str, Edit], Any]) -> _Change:
    return lambda place, edit, _: (
        isinstance(place.value, str) and _put(place, change(place.value, edit))
    )


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _scaled(value: Any, edit: Edit) -> Any:
    return _keep_kind(value, value * edit["factor"])


def _added(value: Any, edit: Edit) -> Any:
    return _keep_kind(value, value + edit["value"])


def _keep_kind(before: Any, after: Any) -> Any:
    return _whole(after) if isinstance(before, int) else after


def _set_value(place: _Place, edit: Edit, _: int) -> bool:
    if not place.there and not isinstance(place.container, dict):
        return False
    return _put(place, json.loads(json.dumps(edit["value"])))


def _remove(place: _Place, _edit: Edit, _: int) -> bool:
    if not place.path:
        return False
    del place.container[place.key]
    return True


def _copy(place: _Place, edit: Edit, _: int) -> bool:
    value = get(place.beside, edit["from"])
    return value is not MISSING and _put(place, json.loads(json.dumps(value)))


def _exchange(place: _Place, edit: Edit, _: int) -> bool:
    around = place.container
    other = steps(edit["with"])
    if not isinstance(around, dict) or len(other) != 1 or other[0] not in around:
        return False
    around[place.key], around[other[0]] = around[other[0]], around[place.key]
    return True


def _stringify(place: _Place, _edit: Edit, _: int) -> bool:
    value = place.value
    return isinstance(value, int | float) and _put(place, json.dumps(value))


def _hash(place: _Place, _edit: Edit, _: int) -> bool:
    digest = hashlib.sha256(_canonical(place.value).encode()).digest()
    return _put(place, int.from_bytes(digest[:4], "big"))


def _enumerate(place: _Place, _edit: Edit, _: int) -> bool:
    index = next((step for step in reversed(place.path) if isinstance(step, int)), None)
    return index is not None and _put(place, str(index))


def _template(place: _Place, edit: Edit, _: int) -> bool:
    value = place.value
    if isinstance(value, dict | list):
        return False
    text = value if isinstance(value, str) else json.dumps(value)
    return _put(place, edit["text"].replace("{}", text))


def _spell_out(place: _Place, edit: Edit, _: int) -> bool:
    return _put(place, _spell(edit["text"]))


def _float(place: _Place, _edit: Edit, _: int) -> bool:
    value = place.value
    whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < _EXACT
    return whole and _put(place, _spell(f"{value}.0"))


def _exponent(value: Any, _edit: Edit) -> Any:
    return _spell(format(Decimal(repr(value)), "e")) if abs(value) < _EXACT else value


def _round(value: Any, edit: Edit) -> Any:
    return round(value, edit["digits"]) if edit["digits"] else round(value)


def _rename(place: _Place, edit: Edit, _: int) -> bool:
    around = place.container
    if not isinstance(around, dict) or not place.path:
        return False
    renamed = {edit["to"] if key == place.key else key: value for key, value in around.items()}
    around.clear()
    around.update(renamed)
    return True


def _merge(place: _Place, edit: Edit, _: int) -> bool:
    if not isinstance(place.value, dict):
        return False
    place.value.update(json.loads(json.dumps(edit["value"])))
    return True


def _append(place: _Place, edit: Edit, _: int) -> bool:
    if not isinstance(place.value, list):
        return False
    place.value.append(json.loads(json.dumps(edit["value"])))
    return True


def _wrap(place: _Place, edit: Edit, _: int) -> bool:
    return _put(place, {edit["in"]: place.value} if "in" in edit.params else [place.value])


def _duplicate(place: _Place, _edit: Edit, _: int) -> bool:
    if not isinstance(place.container, list):
        return False
    place.container.append(json.loads(json.dumps(place.value)))
    return True


def _drop(place: _Place, _edit: Edit, _: int) -> bool:
    if not isinstance(place.container, list):
        return False
    del place.container[place.key]
    return True


def _reverse(place: _Place, _edit: Edit, _: int) -> bool:
    value = place.value
    if isinstance(value, list):
        return len(value) > 1 and _put(place, value[::-1])
    if isinstance(value, dict):
        return len(value) > 1 and _put(place, dict(reversed(list(value.items()))))
    return False


def _shuffle(place: _Place, _edit: Edit, nth: int) -> bool:
    value = place.value
    if not isinstance(value, list) or len(value) < 2:
        return False
    mixed = list(value)
    random.Random(nth).shuffle(mixed)
    return _put(place, mixed)


def _truncate(place: _Place, edit: Edit, _: int) -> bool:
    value, count = place.value, edit["count"]
    if not isinstance(value, list | str) or len(value) <= count:
        return False
    return _put(place, value[:count])


_BACKWARDS = ("remove", "drop")
_BODY: dict[str, _Change] = {
    "set": _set_value,
    "remove": _remove,
    "scale": _numbers(_scaled),
    "add": _numbers(_added),
    "copy": _copy,
    "swap": _exchange,
    "stringify": _stringify,
    "hash": _hash,
    "enumerate": _enumerate,
    "template": _template,
    "upper": _texts(lambda value, _: value.upper()),
    "lower": _texts(lambda value, _: value.lower()),
    "spell": _spell_out,
    "float": _float,
    "exponent": _numbers(_exponent),
    "round": _numbers(_round),
    "rename": _rename,
    "merge": _merge,
    "append": _append,
    "wrap": _wrap,
    "duplicate": _duplicate,
    "drop": _drop,
    "reverse": _reverse,
    "shuffle": _shuffle,
    "truncate": _truncate,
}


# The envelope


def _status(draft: _Draft, edit: Edit) -> None:
    draft.status = edit["value"]


def _header(draft: _Draft, edit: Edit) -> None:
    draft.set_header(edit["name"].lower(), edit["value"], bool(edit.get("append", False)))


def _raw(draft: _Draft, edit: Edit) -> None:
    def write(body: bytes) -> bytes:
        before, mark, after = edit["text"].partition("{body}")
        return bytes(before.encode() + (body + after.encode() if mark else b""))

    draft.rewrite(write)


def _retold(**style: Any) -> Callable[[_Draft, Edit], None]:
    def tell(body: bytes) -> bytes:
        try:
            value = json.loads(body)
        except ValueError:
            return body
        text = json.dumps(value, **style)
        if style["ensure_ascii"]:
            text = text.replace("/", "\\/")
        return text.encode("utf-8", "surrogatepass")

    return lambda draft, _: draft.rewrite(tell)


def _encode(draft: _Draft, edit: Edit) -> None:
    draft.rewrite(
        lambda body: body.decode("utf-8", "replace").encode(edit["charset"], "xmlcharrefreplace")
    )


def _gzip(draft: _Draft, _: Edit) -> None:
    draft.rewrite(lambda body: gzip.compress(body, mtime=0))
    draft.set_header("content-encoding", "gzip")


_ENVELOPE: dict[str, Callable[[_Draft, Edit], None]] = {
    "status": _status,
    "header": _header,
    "raw": _raw,
    "empty-body": lambda draft, _: draft.rewrite(lambda _: b""),
    "pretty": _retold(ensure_ascii=False, indent=2),
    "escape": _retold(ensure_ascii=True, separators=(",", ":")),
    "encode": _encode,
    "gzip": _gzip,
    "cut": lambda draft, _: draft.rewrite(lambda body: body[: len(body) // 2]),
}
