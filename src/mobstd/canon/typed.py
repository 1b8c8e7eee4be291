"""Reads lines straight into records, where schemas surely accept them; see :mod:`canon.surely`.

What several schemas accept is made one type, which msgspec reads, and one expression for what a
type cannot say. A line that is read so is accepted by every one of the schemas for certain; of any
other line nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from keyword import iskeyword
from typing import Annotated, Any, Literal, NamedTuple

from mobstd.canon.expression import SIGNS, Known, Unfit, any_of, search
from mobstd.canon.surely import stricter

__all__ = ["Read", "Typed", "typed"]

Read = Callable[[bytes], Any]
"""Returns the record on a line, or ``None``."""


class Typed(NamedTuple):
    """What reads lines.

    Attributes:
        read: returns the record on a line, or ``None``.
        left: what finds the patterns of a text that was left to whoever asked, by its pointer.
    """

    read: Read
    left: Mapping[str, Callable[[str], Any]]


Schemas = Sequence[tuple[Mapping[str, Any], Mapping[str, Mapping[str, Any]]]]
"""Schemas that all have to accept, each with what it may refer to, by ``$id``."""

_BACKSLASH = ord("\\")
"""As a number, which is looked for in bytes at once; a text raises an error within first."""

_SAID = ("$schema", "$id", "$comment", "title", "description", "default", "examples")
_LEAST = ("minLength", "minItems", "minimum", "exclusiveMinimum")
_MOST = ("maxLength", "maxItems", "maximum", "exclusiveMaximum")
_BOUNDS: Mapping[str, str] = {
    **{"minLength": "min_length", "maxLength": "max_length"},
    **{"minItems": "min_length", "maxItems": "max_length"},
    **{"minimum": "ge", "maximum": "le", "exclusiveMinimum": "gt", "exclusiveMaximum": "lt"},
}


def typed(
    schemas: Schemas,
    others: Sequence[str] = (),
    rare: Sequence[str] = (),
    left: Sequence[str] = (),
) -> Typed | None:
    """Return what reads the lines that all schemas surely accept.

    A record has the members of the document as attributes, ``msgspec.UNSET`` where one is absent.

    Args:
        schemas: of one kind of documents.
        others: further members of a document, of any value, which no schema needs to know; they
            are the attributes ``other0``, ``other1`` ...
        rare: names of members whose texts hardly come twice, so that none is remembered.
        left: pointers, such as ``/start/datetime``, of required texts of which only the length is
            looked at: the schemas accept a line where their patterns are found, too.

    Returns:
        ``None`` without msgspec, and where no type stands for what the schemas say.
    """
    try:
        import msgspec
    except ImportError:
        return None
    maker = _Maker(msgspec, frozenset(rare), frozenset(left))
    nodes = [_Node(stricter(schema), documents, schema) for schema, documents in schemas]
    try:
        kind = maker.record(_Met.of(nodes), others=others)
    except Unfit:
        return None
    decode, holds = msgspec.json.Decoder(kind.type).decode, maker.test(kind)
    wrong = (msgspec.DecodeError, ValueError, RecursionError)

    def read(line: bytes) -> Any:
        if _BACKSLASH in line or not line.isascii():
            return None
        try:
            record = decode(line)
        except wrong:
            return None
        return record if holds(record) else None

    return Typed(read, maker.found)


@dataclass(frozen=True)
class _Node:
    """A schema, and the documents that it may refer to; ``base`` has its ``$id``."""

    schema: Any
    documents: Mapping[str, Mapping[str, Any]]
    base: Mapping[str, Any]

    def below(self, schema: Any) -> _Node:
        return _Node(schema, self.documents, self.base)

    def referred(self) -> _Node:
        name = self.schema["$ref"]
        uri = str(self.base.get("$id", "")).rpartition("/")[0] + "/" + name
        if "#" in name or uri not in self.documents:
            raise Unfit
        document = self.documents[uri]
        return _Node(stricter(document), self.documents, document)


@dataclass
class _Met:
    """What several schemas say together of one value.

    Attributes:
        types: the JSON types that all allow; ``None`` where none says.
        bounds: the narrowest.
        words: the texts that are allowed, where they are listed.
        patterns: all of them.
        either: alternatives, of each of which one has to hold.
        required: names of members.
        members: the schemas of each member, where all schemas know it.
        items: the schemas of items.
        closed: whether no other members may be there.
    """

    types: frozenset[str] | None = None
    bounds: dict[str, float] = field(default_factory=dict)
    words: frozenset[str] | None = None
    patterns: list[str] = field(default_factory=list)
    either: list[list[Any]] = field(default_factory=list)
    required: set[str] = field(default_factory=set)
    members: dict[str, list[_Node]] | None = None
    items: list[_Node] = field(default_factory=list)
    closed: bool = False

    @classmethod
    def of(cls, nodes: Sequence[_Node]) -> _Met:
        """Bring schemas together."""
        met = cls()
        for node in nodes:
            met._take(node)
        return met

    def _take(self, node: _Node) -> None:
        schema = node.schema
        if schema is True:
            return
        if not isinstance(schema, Mapping):
            raise Unfit
        if "$ref" in schema:
            self._take(node.referred())
        for part in schema.get("allOf", ()):
            self._take(node.below(part))
        if "properties" in schema or "additionalProperties" in schema:
            self._members(node)
        for key, value in schema.items():
            if key not in (*_SAID, "$ref", "allOf", "properties", "additionalProperties"):
                self._word(key, value, node)

    def _word(self, key: str, value: Any, node: _Node) -> None:
        if key == "type":
            told = frozenset([value] if isinstance(value, str) else value)
            self.types = told if self.types is None else _both(self.types, told)
        elif key in _LEAST:
            self.bounds[key] = max(value, self.bounds.get(key, value))
        elif key in _MOST:
            self.bounds[key] = min(value, self.bounds.get(key, value))
        elif key in ("enum", "const"):
            told = frozenset(value if key == "enum" else [value])
            if not all(isinstance(word, str) for word in told):
                raise Unfit
            self.words = told if self.words is None else self.words & told
        elif key == "pattern":
            self.patterns.append(value)
        elif key == "anyOf":
            self.either.append(value)
        elif key == "required":
            self.required |= set(value)
        elif key == "items":
            self.items.append(node.below(value))
        else:
            raise Unfit

    def _members(self, node: _Node) -> None:
        """Keep the members that all schemas know; each of them has to be closed."""
        if node.schema.get("additionalProperties") is not False:
            raise Unfit
        self.closed = True
        told = {name: node.below(one) for name, one in node.schema.get("properties", {}).items()}
        if self.members is None:
            self.members = {name: [one] for name, one in told.items()}
        else:
            shared = self.members.keys() & told.keys()
            self.members = {n: [*self.members[n], told[n]] for n in self.members if n in shared}


def _both(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """Return the types that both allow; an integer is a number."""
    if "integer" not in one | other:
        return one & other
    wide = [told | {"integer"} if "number" in told else told for told in (one, other)]
    return (wide[0] & wide[1]) - {"number"}


@dataclass(frozen=True)
class _Kind:
    """A type, and the expressions that have to be true of a value of it, named ``@``."""

    type: Any
    tests: tuple[str, ...] = ()


class _Maker:
    """Makes types, and the names that expressions use."""

    def __init__(self, msgspec: Any, rare: frozenset[str], left: frozenset[str]) -> None:
        self._msgspec = msgspec
        self._rare = rare
        self._left = left
        self.found: dict[str, Callable[[str], Any]] = {}
        self._numbers = count()
        self._known: dict[tuple[str, ...], Known] = {}
        self._names: dict[str, Any] = {"UNSET": msgspec.UNSET}

    def test(self, kind: _Kind) -> Callable[[Any], bool]:
        """Return what says whether all expressions are true of a value."""
        written = " and ".join(one.replace("@", "o") for one in kind.tests) or "True"
        found: Callable[[Any], bool] = eval(f"lambda o: {written}", self._names)
        return found

    def _named(self, value: Any) -> str:
        name = f"n{next(self._numbers)}"
        self._names[name] = value
        return name

    def record(self, met: _Met, path: str = "", others: Sequence[str] = ()) -> _Kind:
        """Return the type of an object."""
        members = met.members
        if members is None or not met.closed or not met.required <= members.keys():
            raise Unfit
        for branches in met.either:
            if not any(
                set(b) == {"required"} and met.required >= {*b["required"]} for b in branches
            ):
                raise Unfit
        fields: list[Any] = []
        tests: list[str] = []
        for name, nodes in members.items():
            if name in others:
                raise Unfit
            try:
                kind = self._kind(_Met.of(nodes), f"{path}/{name}")
                if not name.isidentifier() or iskeyword(name) or name.startswith("_"):
                    raise Unfit
                if f"{path}/{name}" in self._left and name not in met.required:
                    raise Unfit
            except Unfit:
                if name in met.required:
                    raise
                continue
            inner = [one.replace("@", f"@.{name}") for one in kind.tests]
            if name in met.required:
                fields.append((name, kind.type))
                tests += inner
            else:
                fields.append((name, kind.type | self._msgspec.UnsetType, self._msgspec.UNSET))
                if inner:
                    tests.append(f"(@.{name} is UNSET or ({' and '.join(inner)}))")
        rename = {f"other{number}": name for number, name in enumerate(others)}
        fields += [(name, Any, self._msgspec.UNSET) for name in rename]
        kind_of = self._msgspec.defstruct(
            "Record", fields, rename=rename, kw_only=True, forbid_unknown_fields=True, gc=False
        )
        return _Kind(kind_of, tuple(tests))

    def _kind(self, met: _Met, path: str) -> _Kind:
        types = sorted(met.types or ())
        if types == ["object"]:
            return self.record(met, path)
        if types == ["array"]:
            return self._list(met, path)
        if types == ["string"]:
            return self._text(met, path)
        if types in (["integer"], ["number"]):
            return self._number(met, int if types == ["integer"] else float)
        if types in (["boolean"], ["boolean", "null"]) and met.words is None and not met.either:
            return _Kind(bool | None if "null" in types else bool)
        raise Unfit

    def _bounded(self, kind: Any, met: _Met, *keys: str) -> Any:
        bounds = {_BOUNDS[key]: met.bounds[key] for key in keys if key in met.bounds}
        return Annotated[kind, self._msgspec.Meta(**bounds)] if bounds else kind

    def _list(self, met: _Met, path: str) -> _Kind:
        if not met.items or met.either:
            raise Unfit
        item = self._kind(_Met.of(met.items), f"{path}/*")
        kind = self._bounded(list[item.type], met, "minItems", "maxItems")  # type: ignore[name-defined]
        tests = (f"all(map({self._named(self.test(item))}, @))",) if item.tests else ()
        return _Kind(kind, tests)

    def _text(self, met: _Met, path: str) -> _Kind:
        if met.either or (met.words is not None and not met.words):
            raise Unfit
        tests = self._matching(tuple(dict.fromkeys(met.patterns)), path)
        if met.words is not None:
            return _Kind(Literal[tuple(sorted(met.words))], tests)
        return _Kind(self._bounded(str, met, "minLength", "maxLength"), tests)

    def _matching(self, patterns: tuple[str, ...], path: str) -> tuple[str, ...]:
        if path in self._left:
            self.found[path] = search(patterns or ("",))
            return ()
        if not patterns:
            return ()
        if path.rpartition("/")[2] in self._rare:
            return (f"{self._named(search(patterns))}(@) is not None",)
        if patterns not in self._known:
            self._known[patterns] = Known(search(patterns))
        known = self._known[patterns]
        return (f"(@ in {self._named(known.texts)} or {self._named(known.learn)}(@))",)

    def _number(self, met: _Met, kind: Any) -> _Kind:
        if met.words is not None or met.patterns:
            raise Unfit
        bounds = dict(met.bounds)
        for one, other in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
            if one in bounds and other in bounds:
                within = (
                    bounds[other] < bounds[one] if one == "minimum" else bounds[other] > bounds[one]
                )
                del bounds[other if within else one]
        if kind is int and any(isinstance(bound, float) for bound in bounds.values()):
            raise Unfit
        met.bounds = bounds
        return _Kind(self._bounded(kind, met, *SIGNS), tuple(map(any_of, met.either)))
