"""Resources: what a standard lets one make, read, change and undo. The ``resources`` of a suite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from mobstd.canon.standard import Version
from mobstd.judging.pointer import MISSING, get

__all__ = [
    "Brought",
    "Criterion",
    "LifeCycle",
    "Resource",
    "Source",
    "resources",
    "where_codes_stand",
]


@dataclass(frozen=True)
class Criterion:
    """What an item must be like to serve.

    Attributes:
        otherwise: why it does not serve, by language.
        schema: what it satisfies.
        later: a pointer to an instant that is still to come.
        name: what a set-up hook of a target knows it by.
    """

    otherwise: Mapping[str, str]
    schema: Mapping[str, Any] | None = None
    later: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class Source:
    """What a resource is made from: an item of a search, or nothing.

    Attributes:
        operation: the search; ``None``: the body stands for itself.
        body: the template. ``$item/pointer`` is a value of the item, left out where it has none;
            other words that begin with ``$`` are made, see ``Maker``.
        only: what an item must be like.
        of: the resource whose documents are the items.
        apart: a name, where nothing is made of it but for the check that gives this name.
        each: of what this reaches in an item, put over the item, the first that serves counts.
        default: members that a candidate has where its item has none.
        again: the search that a candidate is looked for with before it is used, where it is.
        same: what it is known by there.
    """

    operation: str | None
    body: Mapping[str, Any]
    only: tuple[Criterion, ...] = ()
    of: str | None = None
    apart: str | None = None
    each: str | None = None
    default: Mapping[str, Any] = field(default_factory=dict)
    again: str | None = None
    same: tuple[str, ...] = ()


@dataclass(frozen=True)
class Brought:
    """What the target makes itself at the suite, which plays the other side.

    Attributes:
        search: what finds a candidate there.
        query: what is looked for; ``$soon`` is an instant to come.
        ask: what a person is asked to do, by language; ``{when}`` is that instant.
        act: the same, to call it off; ``{key}`` is its key.
        told: how it is told of, the first source whose criteria it meets.
    """

    search: str
    query: Mapping[str, Any]
    ask: Mapping[str, str]
    act: Mapping[str, str]
    told: tuple[Source, ...]


@dataclass(frozen=True)
class LifeCycle:
    """The states of a resource, and what leads from one to another.

    Attributes:
        at: where the state is in the document.
        first: the states in which it may be made.
        undone: the state that takes it back.
        pairs: by state, the states that follow: of kind ``step``, ``due``, ``skip`` or ``odd``.
    """

    at: str
    first: tuple[str, ...]
    undone: str
    pairs: Mapping[str, Mapping[str, str]]

    @cached_property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order of the standard."""
        return tuple(self.pairs)

    @cached_property
    def over(self) -> tuple[str, ...]:
        """The states that need no undoing, since it can't follow on them."""
        undone = self.undone
        return tuple(one for one in self.pairs if one != undone and undone not in self.pairs[one])

    def kind(self, before: str, wanted: str) -> str:
        """Return what asking for a state is.

        ``step``, ``due``, ``skip``, ``odd``, ``same``, ``back`` or, where no step leads on,
        ``end``.
        """
        if before == wanted:
            return "same"
        if wanted in self.pairs[before]:
            return self.pairs[before][wanted]
        return "back" if self._leads_on(before) else "end"

    def _leads_on(self, state: str) -> bool:
        return any(kind in ("step", "due", "skip") for kind in self.pairs[state].values())


@dataclass(frozen=True)
class Resource:
    """What a standard lets one make.

    Attributes:
        create: the operation that makes it.
        read: the one that reads it again, where there is one.
        change: the one that changes its state, where there is one.
        lists: the one that lists it, where there is one.
        feed: the one that tells what became of it, where there is one.
        correct: the one that puts other values into it, where there is one.
        correction: what is sent there, a template as the body of a source.
        key: where its id is in the document; ``parameter`` is that of ``read`` and ``change``.
        digest: what the id is the MD5 of, one after the other: other members, and ``$now``; it is
            a UUID where there is nothing.
        state: the parameter of ``change`` that names the state; ``note``: that of some words.
        sends: what is sent to ``change``, by state, where no parameter names it.
        already: the code of the refusal of a state that it has already.
        refusal: where in the body of a refusal its code stands.
        news: where each telling of it has an id of its own, where it is told of rather than made.
        life: its states.
        undoable: whether what was made can be taken back.
        variants: other values, by pointer, that are as right as those of the sources.
        apart: sources that nothing is made of but for the checks that name them.
        brought: how the target makes one itself, where it does so at the other side.
    """

    id: str
    title: Mapping[str, str]
    create: str
    sources: tuple[Source, ...]
    read: str | None = None
    change: str | None = None
    lists: str | None = None
    feed: str | None = None
    correct: str | None = None
    correction: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None
    parameter: str | None = None
    digest: tuple[str, ...] = ()
    state: str | None = None
    sends: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    note: str | None = None
    already: str | None = None
    refusal: str = "/error"
    news: str | None = None
    life: LifeCycle | None = None
    undoable: bool = False
    variants: tuple[Mapping[str, Any], ...] = ()
    apart: tuple[Source, ...] = ()
    brought: Brought | None = None

    @property
    def operations(self) -> tuple[str, ...]:
        """Everything that it is made, read, listed, told of, changed and corrected by."""
        every = (self.create, self.read, self.change, self.correct, self.lists, self.feed)
        return tuple(name for name in every if name)

    def begins(self, document: Any) -> str | None:
        """Return the state that a document is made in: its own, or that which all are made in."""
        if self.life is None:
            return None
        state = get(document, self.life.at)
        if isinstance(state, str):
            return state
        return self.life.first[0] if self.sends else None

    def asked(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
        """Return the parameters and the body of a change.

        Args:
            values: by parameter; where none names the state, it stands under an empty name.
        """
        query = dict(values)
        if not self.sends:
            return query, MISSING
        return query, dict(self.sends.get(query.pop("", ""), {}))


def _source(data: Mapping[str, Any]) -> Source:
    only = tuple(
        Criterion(one["otherwise"], one.get("schema"), one.get("later"), one.get("name"))
        for one in data.get("only", ())
    )
    again = data.get("again", {})
    return Source(
        data.get("operation"),
        data["body"],
        only,
        data.get("of"),
        apart=data.get("apart"),
        each=data.get("each"),
        default=data.get("default", {}),
        again=again.get("operation"),
        same=tuple(again.get("same", ())),
    )


def _brought(data: Mapping[str, Any]) -> Brought:
    told = tuple(map(_source, data["told"]))
    return Brought(data["search"], data["query"], data["ask"], data["act"], told)


def _life(data: Mapping[str, Any]) -> LifeCycle:
    pairs = {
        state: {to: kind for kind, targets in (ways or {}).items() for to in targets}
        for state, ways in data["transitions"].items()
    }
    return LifeCycle(data["at"], tuple(data["first"]), data["undone"], pairs)


def _resource(name: str, data: Mapping[str, Any], refusal: str) -> Resource:
    change, key = data.get("change", {}), data.get("key", {})
    correct = data.get("correct", {})
    sources = tuple(map(_source, data["from"]))
    return Resource(
        id=name,
        title=data["title"],
        create=data["create"],
        sources=tuple(one for one in sources if one.apart is None),
        read=data.get("read"),
        change=change.get("operation"),
        lists=data.get("list"),
        feed=data.get("feed"),
        correct=correct.get("operation"),
        correction=correct.get("body", {}),
        key=key.get("at"),
        parameter=key.get("parameter"),
        digest=tuple(key.get("md5", ())),
        state=change.get("state", "" if "sends" in change else None),
        sends=change.get("sends", {}),
        note=change.get("note"),
        already=change.get("already"),
        refusal=refusal,
        news=data.get("news"),
        life=_life(data["life"]) if "life" in data else None,
        undoable=bool(change) and "life" in data,
        variants=tuple(data.get("variants", ())),
        apart=tuple(one for one in sources if one.apart is not None),
        brought=_brought(data["brought"]) if "brought" in data else None,
    )


def where_codes_stand(version: Version) -> str:
    """Return where in the body of a refusal its code stands."""
    found: str = version.suite.get("refusal", "/error")
    return found


@cache
def resources(version: Version, role: str) -> Mapping[str, Resource]:
    """Return what can be made at a role of a version, by name."""
    refusal = where_codes_stand(version)
    return {
        data["id"]: _resource(data["id"], data, refusal)
        for data in version.suite.get("resources", ())
        if data["role"] == role and version.version in data["versions"]
    }
