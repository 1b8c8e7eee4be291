"""How one partner departs from a standard, as data: read from a file, never from code."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from mobstd.errors import ConfigError, UnknownName
from mobstd.transport.auth import ApiKey

__all__ = ["Dialect", "Member", "Parameter", "Value", "dialects"]

_SHOWN = 200


@dataclass(frozen=True)
class Member:
    """Another name of a member; ``sent``: they take no other."""

    ours: str
    theirs: str
    sent: bool = True


@dataclass(frozen=True)
class Value:
    """Other values of a member or parameter; all are read, and the first is sent."""

    member: str
    ours: str
    theirs: Sequence[str]
    sent: bool = True


@dataclass(frozen=True)
class Parameter:
    """Another name of a query parameter, or a constant where a call does not say it.

    Attributes:
        name: the parameter, by its name in the standard.
        sent_as: its name at the partner.
        value: what is sent where the call leaves it out.
        operations: those that it is about; all where there are none.
    """

    name: str
    sent_as: str | None = None
    value: str | None = None
    operations: Sequence[str] = ()

    def concerns(self, operation: str) -> bool:
        """Say whether it is about an operation."""
        return not self.operations or operation in self.operations


@dataclass(frozen=True)
class Dialect:
    """What a client reads and sends otherwise with one partner.

    Its form as a file (JSON or TOML) is ``conformance/dialect.schema.json``. What it says of
    members holds at any depth of any body.

    Attributes:
        name: its name.
        standard: the version that it departs from.
        title: in one line, by language.
        seen: where it was met.
        key_header: the header that carries the key, as they spell it.
        nulls: ``absent``: a member that is null is read as one that is not there.
        numbers: members that are numbers though they come as text, or with a point.
        members: other names of members.
        values: other values, such as statuses.
        parameters: other names of parameters, and constants.
        query_in_body: operations whose query is sent as a JSON body.

    Raises:
        ConfigError: where it contradicts itself, so that nobody can tell what is meant.
    """

    name: str
    standard: str
    title: Mapping[str, str] = field(default_factory=dict)
    seen: str = ""
    key_header: str | None = None
    nulls: Literal["absent", "kept"] = "kept"
    numbers: Sequence[str] = ()
    members: Sequence[Member] = ()
    values: Sequence[Value] = ()
    parameters: Sequence[Parameter] = ()
    query_in_body: Sequence[str] = ()

    def __post_init__(self) -> None:
        twice = next(_repeated(self), None)
        if twice is not None:
            raise ConfigError("dialect.ambiguous", name=self.name, what=twice)

    def __hash__(self) -> int:
        return hash((self.name, self.standard))

    @classmethod
    def of(cls, document: Mapping[str, Any], file: str = "") -> Dialect:
        """Return the dialect that a document describes.

        Raises:
            ConfigError: where it breaks the contract, with the place in it.
        """
        from mobstd.canon.contracts import contract
        from mobstd.canon.wording import worded

        problem = next(iter(contract("dialect").problems(document)), None)
        if problem is not None:
            raise ConfigError(
                "dialect.broken",
                file=file or str(document.get("name", "?"))[:_SHOWN],
                pointer="/" + "/".join(map(str, problem.path)),
                reason=worded(problem),
            )
        parts = {"members": Member, "values": Value, "parameters": Parameter}
        made: dict[str, Any] = {
            name: tuple(parts[name](**one) for one in value) if name in parts else value
            for name, value in document.items()
        }
        return cls(**made)

    @classmethod
    def load(cls, path: Path | str) -> Dialect:
        """Return the dialect of a file, by its name TOML (``.toml``) or else JSON.

        Raises:
            ConfigError: where it can't be read, or breaks the contract.
        """
        file = Path(path)
        try:
            text = file.read_text("utf-8")
            document = tomllib.loads(text) if file.suffix == ".toml" else json.loads(text)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise ConfigError("dialect.unreadable", file=str(file), reason=reason) from None
        except (ValueError, RecursionError) as error:
            raise ConfigError("dialect.unreadable", file=str(file), reason=str(error)) from None
        if not isinstance(document, dict):
            document = {}
        return cls.of(document, str(file))

    @classmethod
    def named(cls, standard: str, name: str) -> Dialect:
        """Return a dialect that comes with a standard, such as ``ocss@1.0-alpha``.

        Raises:
            UnknownName: with those that there are.
        """
        known = dialects(standard)
        if name not in known:
            listed = ", ".join(known) or "-"
            raise UnknownName("dialect.unknown", wanted=name, standard=standard, known=listed)
        return known[name]

    def key(self, value: str) -> ApiKey:
        """Return a key in the header that the partner reads.

        Raises:
            ConfigError: where the dialect says nothing of a header, or the key is empty.
        """
        if self.key_header is None:
            raise ConfigError("dialect.no-key-header", name=self.name)
        return ApiKey(self.key_header, value)

    @cached_property
    def read_members(self) -> Mapping[str, str]:
        """Our names of members by theirs."""
        return {one.theirs: one.ours for one in self.members}

    @cached_property
    def sent_members(self) -> Mapping[str, str]:
        """Their names of members by ours."""
        return {one.ours: one.theirs for one in self.members if one.sent}

    @cached_property
    def read_values(self) -> Mapping[tuple[str, str], str]:
        """Our values by our name of the member and theirs of the value."""
        return {(one.member, word): one.ours for one in self.values for word in one.theirs}

    @cached_property
    def sent_values(self) -> Mapping[tuple[str, str], str]:
        """Their values by our names of the member and the value."""
        return {(one.member, one.ours): one.theirs[0] for one in self.values if one.sent}


def dialects(standard: str) -> Mapping[str, Dialect]:
    """Return the dialects that come with a version, by name.

    Raises:
        UnknownName: where there is no such version.
    """
    from mobstd.canon.files import load
    from mobstd.canon.standard import find

    version = find(standard)
    files = sorted((version.conformance / "dialects").glob("*.json"))
    found = [Dialect.of(load(file), str(file)) for file in files]
    return {one.name: one for one in found if one.standard == str(version)}


def _repeated(dialect: Dialect) -> Iterator[str]:
    """Yield what is read as two things, is sent as two, or is both ours and theirs."""
    names = [(one.ours, one.theirs, one.sent) for one in dialect.members]
    words = [
        (f"{one.member}: {one.ours}", f"{one.member}: {word}", one.sent and word == one.theirs[0])
        for one in dialect.values
        for word in one.theirs
    ]
    for said in (names, words):
        theirs = [one[1] for one in said]
        sent = [one[0] for one in said if one[2]]
        yield from _twice([*theirs, *{one[0] for one in said}])
        yield from _twice(sent)
    for one in dialect.parameters:
        others = [o for o in dialect.parameters if o.name == one.name and o is not one]
        if any(o.concerns(name) for o in others for name in one.operations or o.operations or [""]):
            yield one.name


def _twice(said: Sequence[str]) -> Iterator[str]:
    return (one for one in said if said.count(one) > 1)
