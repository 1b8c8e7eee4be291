"""Where the published texts of a standard are that rows were read from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mobstd.canon.root import Root
from mobstd.canon.standard import Version, find
from mobstd.errors import ConfigError
from mobstd.release.adoption.adopted import TEXT, adopted, is_root, version_in
from mobstd.release.adoption.layout import layout
from mobstd.release.sentences.ledger import LEDGER

__all__ = ["Texts", "texts_of"]


@dataclass(frozen=True)
class Texts:
    """A version, and the repository of those who keep it.

    Attributes:
        home: the repository.
        files: by the short name of a text, its file there.
        ledger: where the hashes are written; ``None`` where that is not the user's to write.
    """

    version: Version
    home: Path
    files: Mapping[str, str] = field(default_factory=dict)
    ledger: Path | None = None


def texts_of(what: str, home: Path | None, roots: Sequence[Root]) -> Texts:
    """Return what a word on the command line means, and where its texts are.

    Args:
        what: ``name@version``, or a folder: a root with one version, or a group's own layout.
        home: the repository of the texts; the folder itself where it is left out.
        roots: where else standards are.

    Raises:
        ConfigError: where that can't be told, or the group's layout has no rows of its own.
    """
    if "@" in what or not Path(what).exists():
        version = find(what, roots)
        own = version.root in roots
        ledger = version.conformance / LEDGER if own else None
        return Texts(version, home or version.root.folder, {}, ledger)
    place = Path(what)
    if is_root(place):
        version = version_in(place)
        return Texts(version, home or place, {}, version.conformance / LEDGER)
    found = layout(place)
    if found.catalogue is None:
        raise ConfigError("sentences.no-catalogue", place=what)
    first = next(iter(found.roles.values()))
    file = first.path.resolve().relative_to(found.folder.resolve()).as_posix()
    files = {TEXT: file, **found.said.get("documents", {})}
    return Texts(adopted(place), home or found.folder, files, found.catalogue / LEDGER)
