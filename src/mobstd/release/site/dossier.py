"""What the pages of a version show, gathered once for both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mobstd.canon.files import load, load_if_there
from mobstd.canon.openapi import Operation, operations
from mobstd.canon.schemas import documents, schema_names
from mobstd.canon.standard import Version
from mobstd.conformance.digest import committed
from mobstd.judging.catalogue import in_version
from mobstd.release.edition.comparison import compared
from mobstd.release.site.proof import Mutation, ends, mutations, twins

__all__ = ["Dossier", "dossier"]

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Dossier:
    """A version, and all that is known of it.

    Attributes:
        version: which one.
        before: the version that it succeeds; ``None`` for the first.
    """

    version: Version
    before: Version | None

    @cached_property
    def title(self) -> Mapping[str, str]:
        """The name in full, by language."""
        said = self.version.source.get("title") or self.version.name
        return {"en": said, "fr": said} if isinstance(said, str) else said

    @cached_property
    def rows(self) -> Sequence[Row]:
        """The requirements, as this version has them."""
        every = load_if_there(self.version.conformance / "requirements.yaml", [])
        return [in_version(row, self.version.version) for row in every if self._has(row)]

    @cached_property
    def row_ids(self) -> frozenset[str]:
        """The ids of the requirements."""
        return frozenset(row["id"] for row in self.rows)

    @cached_property
    def topics(self) -> Mapping[str, Sequence[Row]]:
        """The requirements by topic, in the order of the catalogue."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault(row["id"].split("-")[1], []).append(row)
        return found

    @cached_property
    def ambiguities(self) -> Sequence[Row]:
        """What the text leaves open, each with the settlement of this version."""
        every = load_if_there(self.version.conformance / "ambiguities.yaml", [])
        number = self.version.version
        return [
            {**one, "settlement": one.get("settlements", {}).get(number, one["settlement"])}
            for one in every
            if self._has(one)
        ]

    @cached_property
    def vectors(self) -> Sequence[Row]:
        """The documents and exchanges with the answer that everybody must give."""
        files = sorted((self.version.conformance / "vectors").glob("*.json"))
        return [vector for path in files for vector in load(path) if self._has(vector)]

    @cached_property
    def operations(self) -> Mapping[str, Sequence[Operation]]:
        """The operations by the role that serves them."""
        roles = self.version.roles
        return {role: list(operations(self.version, role).values()) for role in roles}

    @cached_property
    def operation_ids(self) -> frozenset[str]:
        """The ids of all operations."""
        return frozenset(one.id for every in self.operations.values() for one in every)

    @cached_property
    def schemas(self) -> Mapping[str, Mapping[str, Any]]:
        """The schemas by name."""
        known = {
            uri.rpartition("/")[2].partition(".")[0]: document
            for uri, document in documents(self.version).items()
        }
        return {name: known[name] for name in schema_names(self.version) if name in known}

    def examples(self, schema: str, kind: str) -> Sequence[tuple[str, Any]]:
        """Return the examples of a schema, ``valid`` or ``invalid``, by their name."""
        files = sorted((self.version.folder / "examples" / kind / schema).glob("*.json"))
        return [(path.stem, load(path)) for path in files]

    @cached_property
    def measured(self) -> Mapping[str, Any]:
        """The committed kill matrix; empty where nobody measured."""
        found: Mapping[str, Any] = load_if_there(committed(self.version), {})
        return found

    @cached_property
    def faults(self) -> Mapping[str, Sequence[Mutation]]:
        """The known faults by the row that they break."""
        return mutations(self.version, self.measured)

    @cached_property
    def twins(self) -> Sequence[Mutation]:
        """The legal variants that must bring nothing."""
        return twins(self.version, self.measured)

    def ends(self, row: str) -> Mapping[str, int]:
        """Return how often the faults of a row ended how."""
        return ends(self.faults.get(row, ()))

    @cached_property
    def changes(self) -> Mapping[str, Any] | None:
        """The report of ``mobstd schemas diff`` since the version before.

        Where only one of the two has an OpenAPI document, the schemas alone are compared, and
        ``schemas_only`` is true.
        """
        if self.before is None:
            return None
        return compared(self.before, self.version)

    def _has(self, one: Row) -> bool:
        return self.version.version in one.get("versions", (self.version.version,))


def dossier(version: Version, every: Sequence[Version]) -> Dossier:
    """Return the dossier of a version; ``every`` has all that are known, by name and number."""
    named = [one for one in every if one.name == version.name]
    place = named.index(version)
    succeeds = version.source.get("succeeds")
    last = named[place - 1] if place else None
    before = next((one for one in named[:place] if one.version == succeeds), last)
    return Dossier(version, before)
