"""What the real server does that neither its text nor its rules would, by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from mobstd.canon.files import load
from mobstd.canon.standard import Version
from mobstd.errors import ConfigError, UnknownName

__all__ = ["NONE", "QUIRKS", "Quirks", "quirk_sets", "quirks_of"]

QUIRKS = frozenset(
    {
        "anonymous-is-forbidden",
        "ended-token-without-code",
        "wrong-token-crashes",
        "schema-before-permission",
        "broken-body-crashes",
        "database-crashes",
        "counterparts-crash",
        "update-revives",
        "markup-is-cut",
        "list-statuses",
        "list-has-no-order",
        "list-pending-is-loose",
        "list-has-no-limit",
        "list-ends-at-midnight",
        "headers-with-x",
        "export-errors-are-bare",
        "certificate-errors-are-bare",
        "imports-are-refused",
        "credentials-want-operator",
        "credential-errors-are-bare",
        "places-are-forbidden",
        "address-is-litteral",
    }
)
"""Every behaviour that the sandbox can have."""


@dataclass(frozen=True)
class Quirks:
    """A set of behaviours, and what the server of that time was.

    Attributes:
        name: the month of the server; empty for none.
        versions: those that it served.
        rules: the rule profile that it judged by.
        names: the behaviours.
    """

    name: str = ""
    versions: tuple[str, ...] = ()
    rules: str = ""
    names: frozenset[str] = frozenset()

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def also(self, names: Iterable[str]) -> Quirks:
        """Return the set with more behaviours, such as faults."""
        return replace(self, names=self.names | frozenset(names))


NONE = Quirks()


def quirk_sets(version: Version) -> list[str]:
    """Return the sets that there are."""
    return sorted(path.stem for path in (version.conformance / "quirks").glob("*.yaml"))


def quirks_of(version: Version, name: str | None) -> Quirks:
    """Return a set of behaviours; none without a name.

    Raises:
        UnknownName: with the sets that are there.
        ConfigError: where that server did not know the version.
    """
    if name is None:
        return NONE
    known = quirk_sets(version)
    if name not in known:
        raise UnknownName("proof.unknown-quirks", wanted=name, known=", ".join(known))
    loaded: Mapping[str, object] = load(version.conformance / "quirks" / f"{name}.yaml")
    versions, rows = loaded["versions"], loaded["quirks"]
    assert isinstance(versions, list)
    assert isinstance(rows, list)
    if version.version not in versions:
        raise ConfigError(
            "proof.quirks-of-other-version",
            name=name,
            version=str(version),
            known=", ".join(versions),
        )
    names = frozenset(row["id"] for row in rows)
    return Quirks(name, tuple(versions), str(loaded["rules"]), names)
