"""A second opinion on verdicts that shares nothing with how they are made.

Schemas are drawn at random and changed in one place; documents are drawn from the words of both
schemas, without any of the comparison's own machinery, and judged as they are written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random
from typing import Any

import jsonschema_rs

from mobstd.canon import formats

__all__ = ["documents", "pair", "validator"]

STRANGE = "zz"
"""A member that no schema names."""
_TEXTS = ("", "a", "ab", "abc", "abcd", "B", "1", "12", "x1", "é", "2026-11-28", "a@example.org")
_PATTERNS = ("^a", "b$", "^[a-z]+$", "^[0-9]{1,2}$", "^(a|ab)$")
_NAMES = (("a", "b", "c"), ("d", "e"), ("f", "g"), ("h",))
_NUMBERS = (-1, 0, 1, 2, 3, 5, 0.5, 1.5, 10)
_MAPS = ("properties", "patternProperties", "dependentSchemas", "$defs")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_SINGLE = ("items", "additionalProperties", "not", "if", "then", "else", "contains",
           "propertyNames", "unevaluatedProperties", "unevaluatedItems")  # fmt: skip


def validator(schema: Any) -> Any:
    """Return a validator of a schema as it is written."""
    return jsonschema_rs.Draft202012Validator(
        schema, validate_formats=True, ignore_unknown_formats=True, formats=formats.checkers()
    )


def _below(schema: Any) -> Iterator[tuple[str, Any]]:
    for key, value in schema.items() if isinstance(schema, dict) else ():
        if key in _MAPS:
            yield from ((key, s) for s in value.values())
        elif key in _LISTS:
            yield from ((key, s) for s in value)
        elif key in _SINGLE:
            yield key, value


def _all(schema: Any) -> Iterator[Any]:
    if isinstance(schema, dict):
        yield schema
        for _, below in _below(schema):
            yield from _all(below)


# documents


class _Words:
    """The names and values that schemas speak of."""

    def __init__(self, writer: Any, reader: Any) -> None:
        self.names = dict.fromkeys(n for s in _all(writer) for n in s.get("properties", ()))
        self.values: list[Any] = [*_TEXTS, *_NUMBERS, True, False, None, {}, []]
        self.numbers: list[Any] = list(_NUMBERS)
        self.patterns = dict.fromkeys(
            p for side in (writer, reader) for s in _all(side)
            for p in s.get("patternProperties", ())
        )  # fmt: skip
        for schema in (s for side in (writer, reader) for s in _all(side)):
            self.values += schema.get("enum", [])
            self.values += [schema["const"]] if "const" in schema else []
            for word in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
                if word in schema:
                    self.numbers += [schema[word] + n for n in (-1, -0.5, 0, 0.5, 1)]
            if "multipleOf" in schema:
                self.numbers += [schema["multipleOf"] * n for n in range(1, 5)]
            for word in ("minLength", "maxLength"):
                if word in schema:
                    self.values += ["a" * max(0, schema[word] + n) for n in (-1, 0, 1)]
            for word in ("required", "dependentRequired"):
                said = schema.get(word, ())
                self.names.update(dict.fromkeys(said))
                for others in said.values() if isinstance(said, dict) else ():
                    self.names.update(dict.fromkeys(others))
            for key, below in _below(schema):
                if key in ("not", "if", "contains"):
                    named = (n for s in _all(below) for n in s.get("properties", ()))
                    self.names.update(dict.fromkeys(named))
        self.values += self.numbers


def documents(writer: Any, reader: Any, random: Random, count: int) -> Iterator[Any]:
    """Yield documents that a writer may think of, by its schema and against it."""
    words = _Words(writer, reader)
    for _ in range(count):
        side = writer if random.random() < 0.7 else reader
        yield _document([side], side, words, random, 0)


def _applying(schemas: list[Any], root: Any, random: Random, depth: int) -> list[Any]:
    """Return schemas with what they take in, and one branch of what they leave open."""
    found: list[Any] = []
    queue = list(schemas)
    while queue and len(found) < 30:
        schema = queue.pop()
        if not isinstance(schema, dict):
            continue
        found.append(schema)
        if "$ref" in schema:
            node = root
            for step in schema["$ref"].split("/")[1:]:
                node = node[step]
            queue.append(node)
        queue += schema.get("allOf", [])
        for word in ("anyOf", "oneOf"):
            if word in schema:
                queue.append(random.choice(schema[word]))
        if "if" in schema:
            met = random.random() < 0.5
            queue += [schema["if"], schema.get("then")] if met else [schema.get("else")]
        if "not" in schema and random.random() < 0.2:
            queue.append(schema["not"])
        queue += [s for s in schema.get("dependentSchemas", {}).values() if random.random() < 0.5]
    return found


def _document(schemas: list[Any], root: Any, words: _Words, random: Random, depth: int) -> Any:
    if random.random() < 0.08 or depth > 4:
        return deepcopy(random.choice(words.values))
    here = _applying(schemas, root, random, depth)
    fixed = [v for s in here for v in (*s.get("enum", ()), *([s["const"]] if "const" in s else ()))]
    if fixed and random.random() < 0.8:
        return deepcopy(random.choice(fixed))
    said = [s["type"] for s in here if "type" in s]
    kinds = random.choice(said) if said and random.random() < 0.93 else _hinted(here)
    kind = random.choice(kinds) if isinstance(kinds, list) else kinds
    if kind == "object":
        return _object(here, root, words, random, depth)
    if kind == "array":
        return _array(here, root, words, random, depth)
    if kind == "string":
        return random.choice([v for v in words.values if isinstance(v, str)])
    if kind in ("integer", "number"):
        return random.choice(words.numbers)
    return {"boolean": random.random() < 0.5, "null": None}.get(str(kind), 1)


def _hinted(here: list[Any]) -> list[str]:
    of = {
        "object": ("properties", "required", "additionalProperties", "patternProperties",
                   "minProperties", "maxProperties", "propertyNames", "dependentRequired"),
        "array": ("items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems"),
    }  # fmt: skip
    found = [kind for kind, words in of.items() for s in here for w in words if w in s]
    return found or ["string", "integer", "number", "boolean", "null", "object", "array"]


def _object(here: list[Any], root: Any, words: _Words, random: Random, depth: int) -> Any:
    named: dict[str, list[Any]] = {}
    for schema in here:
        for name, below in schema.get("properties", {}).items():
            named.setdefault(name, []).append(below)
        for name in schema.get("required", ()):
            named.setdefault(name, [])
    known = [*named, *words.names]
    asked = [n for s in here for n in s.get("required", ())]
    chosen = {n for n in known if random.random() < (0.5 if n in named else 0.15)}
    chosen |= {n for n in asked if random.random() < 0.9}
    if random.random() < 0.25:
        chosen.add(STRANGE)
    if words.patterns and random.random() < 0.6:
        chosen.add(random.choice(("ab", "bb", "aab", "1", "Zb")))
    rest = [s["additionalProperties"] for s in here if "additionalProperties" in s]
    return {
        name: _document(named.get(name) or rest, root, words, random, depth + 1)
        for name in sorted(chosen)
        if name in words.names or name not in known
    }


def _array(here: list[Any], root: Any, words: _Words, random: Random, depth: int) -> Any:
    first: list[Any] = next((s["prefixItems"] for s in here if "prefixItems" in s), [])
    rest = [s["items"] for s in here if "items" in s]
    held = [s["contains"] for s in here if "contains" in s]
    out = []
    for place in range(random.choice((0, 1, 1, 2, 2, 3, 4))):
        below = [first[place]] if place < len(first) else rest
        if held and random.random() < 0.5:
            below = [*below, *held]
        out.append(_document(below, root, words, random, depth + 1))
    if out and random.random() < 0.2:
        out.append(deepcopy(random.choice(out)))
    return out


# schemas


def pair(random: Random) -> tuple[Any, Any]:
    """Return a schema, and the same with one keyword changed somewhere."""
    old = _schema(random, 0)
    if random.random() < 0.2:
        old = {"$ref": "#/$defs/n", "$defs": {"n": old}}
        holders = [s for s in _all(old["$defs"]["n"]) if "properties" in s]
        if holders:
            random.choice(holders)["properties"]["r"] = {"$ref": "#/$defs/n"}
    for _ in range(100):
        new = deepcopy(old)
        places = [s for s in _all(new) if "$ref" not in s]
        depth = random.randrange(3)
        random.choice(_EDITS)(random.choice(places), random, depth)
        if new != old:
            return old, new
    return old, old


def _schema(random: Random, depth: int) -> dict[str, Any]:
    kind = random.choice(("object", "object", "array", "string", "number", "union", "any"))
    if depth > 2 and kind in ("object", "array", "union"):
        kind = "number"
    if kind == "union":
        return _union(random, depth)
    out: dict[str, Any] = {} if kind == "any" else {"type": kind}
    if kind == "number" and random.random() < 0.5:
        out["type"] = "integer"
    if kind == "object":
        names = _NAMES[min(depth, 3)]
        out["properties"] = {n: _schema(random, depth + 1) for n in names if random.random() < 0.7}
    if kind == "array" and random.random() < 0.7:
        out["items"] = _schema(random, depth + 1)
    for _ in range(random.randrange(3)):
        _more(out, random, depth)
    return out


def _union(random: Random, depth: int) -> dict[str, Any]:
    word = random.choice(("anyOf", "oneOf", "allOf"))
    branches = [_schema(random, depth + 1) for _ in range(random.choice((2, 2, 3)))]
    if random.random() < 0.5:
        names = _NAMES[min(depth, 3)]
        branches = [
            {"required": [random.choice(names)], **_members(random, depth)} for _ in branches
        ]
        return {"type": "object", **_members(random, depth), word: branches}
    return {word: branches}


def _members(random: Random, depth: int) -> dict[str, Any]:
    names = [n for n in _NAMES[min(depth, 3)] if random.random() < 0.5]
    return {"properties": {n: _schema(random, depth + 2) for n in names}} if names else {}


def _more(out: dict[str, Any], random: Random, depth: int) -> None:
    """Write one more keyword, or another value of one that is there."""
    kind = out.get("type")
    names = _NAMES[min(depth, 3)]
    small = random.choice((0, 1, 2, 3))
    below: Callable[[], Any] = lambda: _schema(random, depth + 2)  # noqa: E731
    said: dict[str, Callable[[], Any]] = {
        "enum": lambda: random.sample(["a", "ab", 1, 2, 1.5, None, True], random.randrange(1, 4)),
        "const": lambda: random.choice(["a", 1, None, {"a": 1}]),
        "not": below,
        "allOf": lambda: [below(), below()],
        "anyOf": lambda: [below(), below()],
        "oneOf": lambda: [below(), below()],
    }
    if kind in ("number", "integer", None):
        said |= {w: lambda: random.choice(_NUMBERS) for w in
                 ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")}  # fmt: skip
        said["multipleOf"] = lambda: random.choice((1, 2, 3, 0.5, 1.5))
    if kind in ("string", None):
        said |= {w: lambda: small for w in ("minLength", "maxLength")}
        said["pattern"] = lambda: random.choice(_PATTERNS)
        said["format"] = lambda: random.choice(("date", "email"))
    if kind in ("array", None):
        said |= {w: lambda: small for w in ("minItems", "maxItems")}
        said |= {"items": below, "contains": below, "uniqueItems": lambda: True}
        said["prefixItems"] = lambda: [below() for _ in range(random.randrange(1, 3))]
        said["unevaluatedItems"] = lambda: random.choice((False, {"type": "string"}))
        if "contains" in out:
            said |= {"minContains": lambda: small, "maxContains": lambda: small}
    if kind in ("object", None):
        said |= {w: lambda: small for w in ("minProperties", "maxProperties")}
        said["required"] = lambda: random.sample(names, 1)
        said["additionalProperties"] = lambda: random.choice((True, False, below()))
        said["unevaluatedProperties"] = lambda: random.choice((False, False, {"type": "string"}))
        said["patternProperties"] = lambda: {random.choice(_PATTERNS[:3]): below()}
        said["propertyNames"] = lambda: random.choice(({"maxLength": 1}, {"pattern": "^[a-z]+$"}))
        said["dependentRequired"] = lambda: {random.choice(names): [random.choice(names)]}
        said["dependentSchemas"] = lambda: {random.choice(names): below()}
        said["if"] = lambda: {"required": [random.choice(names)], **_members(random, depth)}
        if "if" in out:
            said |= {"then": below, "else": below}
    word = random.choice(list(said))
    out[word] = said[word]()
    if word == "if":
        out.setdefault("then", {"required": [random.choice(names)], **_members(random, depth)})


def _dropped(node: dict[str, Any], random: Random, depth: int) -> None:
    words = [w for w in node if w not in ("$defs", "$ref", "contains", "if")]
    if words:
        del node[random.choice(words)]


def _moved(node: dict[str, Any], random: Random, depth: int) -> None:
    """Move a number, a list or a map by one."""
    numbers = [w for w, v in node.items() if type(v) in (int, float) and w != "const"]
    lists = [w for w, v in node.items() if isinstance(v, list) and len(v) > 1]
    maps = [w for w in ("properties", "patternProperties", "dependentSchemas") if node.get(w)]
    if numbers and random.random() < 0.6:
        word = random.choice(numbers)
        node[word] = max(node[word] + random.choice((-1, 1)), 1 if word == "multipleOf" else 0)
    elif lists:
        word = random.choice(lists)
        kept = list(node[word])
        if random.random() < 0.4:
            random.shuffle(kept)
        else:
            kept.pop(random.randrange(len(kept)))
        node[word] = kept
    elif maps:
        word = random.choice(maps)
        node[word] = {k: v for k, v in node[word].items() if k != random.choice(list(node[word]))}


def _named(node: dict[str, Any], random: Random, depth: int) -> None:
    """Name a member that was not."""
    if node.get("type") == "object" or "properties" in node:
        branches = [b for w in ("anyOf", "oneOf") for b in node.get(w, ())]
        branches += [node[w] for w in ("then", "else") if w in node]
        known = [n for b in branches if isinstance(b, dict) for n in b.get("properties", ())]
        name = random.choice(("n", *known))  # nobody else knows the first one
        node["properties"] = {**node.get("properties", {}), name: _schema(random, depth + 2)}


_EDITS = (_more, _more, _moved, _moved, _dropped, _named)
