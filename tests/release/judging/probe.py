"""Schemas and documents made up to find where two engines part."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from mobstd.canon.formats import table
from mobstd.canon.root import Root
from mobstd.canon.standard import Version

SIGNS = "0123456789:-+.TtZz/%@[]abcfF xX#?_~é٣７\n\t\u2028\u00a0\u212a\u017f\u0131😀\\\"'"
VALUES: list[Any] = [
    *(None, True, False, 0, 1, -1, 2**53, 2**53 + 1, 10**30, 1.5, 0.1, 1e-7, 1e16, 1e21, -0.0),
    *(1.0, 100.0, 1e308, "", "x", "é" * 70, "😀" * 61, "2024-02-30", "2024-02-29T23:59:60Z"),
    *("EUR", "0", "10.50", 'a"b\\c\n\u2028', [], {}, [1], {"a": 1}, [1, 1.0, True]),
    *({"__proto__": 1}, {"valueOf": 1, "constructor": 2, "hasOwnProperty": 4}),
]
NAMES = ("__proto__", "constructor", "x/y~z", "a b", "it's", "extra", "toString")

KEYWORDS: list[tuple[Any, list[Any]]] = [
    ({"type": ["string", "null", "array", "object", "boolean"]}, [1, 1.5]),
    ({"type": "integer"}, [1.0, 1e30, 1.5, "1"]),
    ({"enum": [1, "a", None, 1e-7]}, [2, True, "b", 1.0]),
    (
        {"anyOf": [{"const": {"a": [1, {"b": 2.0}]}}]},
        [{"a": [1, {"b": 2}]}, {"a": [1]}, {"a": [1, {"c": 2}]}],
    ),
    ({"multipleOf": 0.1}, [0.3, 0.35, 7, 1e-9]),
    ({"multipleOf": 3}, [9, 10, 9.0, 1e20, 0]),
    ({"minimum": 1, "exclusiveMaximum": 5}, [0, 1, 5, 4.999, 123456789.0, 1e-7, -0.0]),
    ({"minLength": 2, "maxLength": 3, "pattern": "^a"}, ["b", "é😀x", "a😀😀", "aaaa"]),
    ({"minItems": 1, "maxItems": 2, "uniqueItems": True}, [[], [1, 1], [1, True, 1.0], [[1], [1]]]),
    ({"uniqueItems": True, "items": {"type": "string"}}, [["a", "a"], [1, 1], [{}, {}]]),
    ({"contains": {"type": "string"}, "minContains": 2}, [["a"], ["a", "b"], [1, "a"]]),
    ({"contains": {"type": "string"}, "maxContains": 1}, [["a", "b"], ["a"], []]),
    ({"prefixItems": [{"type": "string"}], "items": False}, [[1], ["a", 2, 3]]),
    ({"minProperties": 1, "maxProperties": 2}, [{}, {"a": 1}, {"a": 1, "b": 2, "c": 3}]),
    ({"required": ["a", "toString", "it's"]}, [{}, {"a": 1}, {"toString": 1}]),
    ({"properties": {"z": {}}, "additionalProperties": False}, [{"a'\"\n": 1, "b": 2}, {"a": 1}]),
    ({"patternProperties": {"^x": {"type": "string"}}}, [{"x1": 1, "y": 1}]),
    ({"additionalProperties": {"type": "string"}}, [{"a": 1, "__proto__": 2}]),
    ({"propertyNames": {"pattern": "^[a-z]+$", "minLength": 2}}, [{"b": 1, "C2": 2, "dd": 3}]),
    ({"propertyNames": {"maxLength": 1}}, [{"bb": 1}]),
    ({"properties": {"a": {"type": "string"}}, "unevaluatedProperties": False}, [{"b": 1, "c": 2}]),
    ({"dependentRequired": {"a": ["b", "c"]}}, [{"a": 1}, {"a": 1, "b": 2}, {}]),
    ({"dependentSchemas": {"a": {"required": ["b"]}}}, [{"a": 1}, {"a": 1, "b": 2}]),
    ({"properties": {"a": False, "b/c~d": {"type": "string"}}}, [{"a": 1}, {"b/c~d": 1}]),
    ({"not": {"properties": {"a": {"const": 1}}, "required": ["a"]}}, [{"a": 1}, {"a": 2}, 3]),
    ({"anyOf": [{"type": "string"}, {"minimum": 3}, {"required": ["q"]}]}, [1, 3, "a", {}]),
    ({"oneOf": [{"type": "integer"}, {"minimum": 0}]}, [1, -1, 0.5, -0.5]),
    ({"if": {"type": "integer"}, "then": {"minimum": 3}, "else": {"type": "string"}}, [1, "a", []]),
    (
        {
            "allOf": [{"$ref": "#/$defs/a"}],
            "anyOf": [{"$ref": "#/$defs/a"}, {"properties": {"b": {"$ref": "#/$defs/b"}}}],
            "$defs": {"a": {"required": ["a"]}, "b": {"type": "string"}},
        },
        [{}, {"b": 1}, {"a": 1, "b": 1}],
    ),
    (
        {"properties": {"next": {"$ref": "#"}, "value": {"type": "integer"}}},
        [{"next": {"next": {"value": "x"}}}, {"next": {"next": {"next": {"value": 1}}}}],
    ),
]
"""Schemas, most of which no standard here needs, with documents."""


def version(folder: Path, schemas: Mapping[str, Any]) -> Version:
    """Return a version with these schemas, written below a folder."""
    place = folder / "schemas" / "probe" / "1.0"
    place.mkdir(parents=True)
    for name, schema in schemas.items():
        whole = {"$id": f"https://example.org/{name}.schema.json", **schema}
        (place / f"{name}.schema.json").write_text(json.dumps(whole))
    return Version("probe", "1.0", Root(folder))


def texts(name: str, count: int, rng: random.Random) -> Iterator[str]:
    """Yield texts that have a format, nearly have it, or look like it."""
    row = table()[name]
    near = [value for value in (*row["valid"], *row["invalid"]) if isinstance(value, str)]
    yield from near
    for _ in range(count if near else 0):
        yield _edited(rng.choice(near), rng)
        yield _time(rng, name)


def _edited(text: str, rng: random.Random) -> str:
    signs = list(text)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        at = rng.randint(0, len(signs))
        match rng.randrange(3):
            case 0:
                signs.insert(at, rng.choice(SIGNS))
            case 1:
                del signs[at : at + 1]
            case _:
                signs[at : at + 1] = rng.choice(SIGNS)
    return "".join(signs)


def _time(rng: random.Random, name: str) -> str:
    """Return a time, a day or both at the borders of calendar and clock, or an IPv6 address."""
    if name == "ipv6":
        groups = [rng.choice(("", "0", "db8", "ffff", "12345")) for _ in range(rng.randint(1, 9))]
        return ":".join(groups) + rng.choice(("", "::", ":1.2.3.4", "1.2.3.4", ":01.2.3.4"))
    year = rng.choice((0, 4, 1900, 2000, 2023, 2024, 9999))
    day = f"{year:04d}-{rng.randint(0, 13):02d}-{rng.choice((0, 1, 28, 29, 30, 31, 32)):02d}"
    clock = f"{rng.randint(0, 24):02d}:{rng.choice((0, 14, 29, 30, 44, 59)):02d}"
    clock += f":{rng.choice((0, 59, 60, 60, 60, 61)):02d}{rng.choice(('', '.5'))}"
    clock += rng.choice(("Z", "z", "", "+01:00", "-08:00", "+0100", "+05:30", "-03:30", "+23:59"))
    return {"date": day, "time": clock, "partial-time": clock}.get(
        name, day + rng.choice("Tt ") + clock
    )


def mutated(document: Any, rng: random.Random) -> Any:
    """Return a document with a few values, members or items changed, taken away or doubled."""
    document = deepcopy(document)
    for _ in range(rng.choice((1, 1, 2, 3))):
        path = rng.choice(list(_paths(document)))
        if not path:
            continue
        holder = document
        for step in path[:-1]:
            holder = holder[step]
        chance = rng.random()
        if chance < 0.6:
            holder[path[-1]] = deepcopy(rng.choice(VALUES))
        elif chance < 0.75:
            del holder[path[-1]]
        elif isinstance(holder, list):
            holder.append(deepcopy(holder[path[-1]]))
        else:
            holder[rng.choice(NAMES)] = deepcopy(rng.choice(VALUES))
    return document


def _paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    keys: Any = value if isinstance(value, dict) else range(len(value) if _is_list(value) else 0)
    for key in keys:
        yield from _paths(value[key], (*at, key))


def _is_list(value: Any) -> bool:
    return isinstance(value, list)
