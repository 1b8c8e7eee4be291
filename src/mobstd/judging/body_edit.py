"""Edits of the parsed body of an answer, one function each; ``BODY`` has them by name."""

from __future__ import annotations

import hashlib
import json
import random
import re
import struct
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from mobstd.judging.condition import canonical
from mobstd.judging.fault import Edit
from mobstd.judging.place import Place, spell
from mobstd.judging.pointer import MISSING, get, steps

__all__ = ["BACKWARDS", "BODY", "NEW"]

_Change = Callable[[Place, Edit, int], bool]


_EXACT = 2**53
"""Above, a whole number written as a real one may be another number."""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _put(place: Place, value: Any) -> bool:
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


def _set_value(place: Place, edit: Edit, _: int) -> bool:
    if not place.there and not isinstance(place.container, dict):
        return False
    return _put(place, json.loads(json.dumps(edit["value"])))


def _default(place: Place, edit: Edit, nth: int) -> bool:
    return not place.there and _set_value(place, edit, nth)


def _remove(place: Place, _edit: Edit, _: int) -> bool:
    if not place.path:
        return False
    del place.container[place.key]
    return True


def _copy(place: Place, edit: Edit, _: int) -> bool:
    value = get(place.beside, edit["from"])
    return value is not MISSING and _put(place, json.loads(json.dumps(value)))


def _exchange(place: Place, edit: Edit, _: int) -> bool:
    around = place.container
    other = steps(edit["with"])
    if not isinstance(around, dict) or len(other) != 1 or other[0] not in around:
        return False
    around[place.key], around[other[0]] = around[other[0]], around[place.key]
    return True


def _stringify(place: Place, _edit: Edit, _: int) -> bool:
    value = place.value
    return isinstance(value, int | float) and _put(place, json.dumps(value))


def _hash(place: Place, _edit: Edit, _: int) -> bool:
    digest = hashlib.sha256(canonical(place.value).encode()).digest()
    return _put(place, int.from_bytes(digest[:4], "big"))


def _uuid(place: Place, edit: Edit, nth: int) -> bool:
    seed = [place.value, nth] if edit.get("each") else place.value
    digest = hashlib.sha256(canonical(seed).encode()).digest()
    return _put(place, str(UUID(bytes=digest[:16], version=4)))


def _enumerate(place: Place, _edit: Edit, _: int) -> bool:
    index = next((step for step in reversed(place.path) if isinstance(step, int)), None)
    return index is not None and _put(place, str(index))


def _template(place: Place, edit: Edit, _: int) -> bool:
    value = place.value
    if isinstance(value, dict | list):
        return False
    text = value if isinstance(value, str) else json.dumps(value)
    return _put(place, edit["text"].replace("{}", text))


def _spell_out(place: Place, edit: Edit, _: int) -> bool:
    return _put(place, spell(edit["text"]))


def _float(place: Place, _edit: Edit, _: int) -> bool:
    value = place.value
    whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < _EXACT
    return whole and _put(place, spell(f"{value}.0"))


def _exponent(value: Any, _edit: Edit) -> Any:
    return spell(format(Decimal(repr(value)), "e")) if abs(value) < _EXACT else value


def _round(value: Any, edit: Edit) -> Any:
    return round(value, edit["digits"]) if edit["digits"] else round(value)


def _single(value: Any, _edit: Edit) -> Any:
    return struct.unpack("f", struct.pack("f", value))[0] if isinstance(value, float) else value


def _rename(place: Place, edit: Edit, _: int) -> bool:
    around = place.container
    if not isinstance(around, dict) or not place.path:
        return False
    renamed = {edit["to"] if key == place.key else key: value for key, value in around.items()}
    around.clear()
    around.update(renamed)
    return True


def _merge(place: Place, edit: Edit, _: int) -> bool:
    if not isinstance(place.value, dict):
        return False
    place.value.update(json.loads(json.dumps(edit["value"])))
    return True


def _append(place: Place, edit: Edit, _: int) -> bool:
    if not isinstance(place.value, list):
        return False
    place.value.append(json.loads(json.dumps(edit["value"])))
    return True


def _wrap(place: Place, edit: Edit, _: int) -> bool:
    return _put(place, {edit["in"]: place.value} if "in" in edit.params else [place.value])


def _duplicate(place: Place, _edit: Edit, _: int) -> bool:
    if not isinstance(place.container, list):
        return False
    place.container.append(json.loads(json.dumps(place.value)))
    return True


def _drop(place: Place, _edit: Edit, _: int) -> bool:
    if not isinstance(place.container, list):
        return False
    del place.container[place.key]
    return True


def _reverse(place: Place, _edit: Edit, _: int) -> bool:
    value = place.value
    if isinstance(value, list):
        return len(value) > 1 and _put(place, value[::-1])
    if isinstance(value, dict):
        return len(value) > 1 and _put(place, dict(reversed(list(value.items()))))
    return False


def _shuffle(place: Place, _edit: Edit, nth: int) -> bool:
    value = place.value
    if not isinstance(value, list) or len(value) < 2:
        return False
    mixed = list(value)
    random.Random(nth).shuffle(mixed)
    return _put(place, mixed)


def _truncate(place: Place, edit: Edit, _: int) -> bool:
    value, count = place.value, edit["count"]
    if not isinstance(value, list | str) or len(value) <= count:
        return False
    return _put(place, value[:count])


BACKWARDS = ("remove", "drop")
NEW = ("set", "default")
"""Edits that may write a member that is not there."""

BODY: dict[str, _Change] = {
    "set": _set_value,
    "default": _default,
    "remove": _remove,
    "scale": _numbers(_scaled),
    "add": _numbers(_added),
    "copy": _copy,
    "swap": _exchange,
    "stringify": _stringify,
    "hash": _hash,
    "uuid": _uuid,
    "enumerate": _enumerate,
    "template": _template,
    "upper": _texts(lambda value, _: value.upper()),
    "lower": _texts(lambda value, _: value.lower()),
    "replace": _texts(
        lambda text, edit: re.sub(edit["pattern"], lambda _: str(edit["text"]), text)
    ),
    "spell": _spell_out,
    "float": _float,
    "exponent": _numbers(_exponent),
    "round": _numbers(_round),
    "single": _numbers(_single),
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
