"""All versions that are generated, folder by folder."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mobstd.canon.root import Root
from mobstd.canon.standard import find, versions
from mobstd.codegen.checking import Comparison, compare, folder_of
from mobstd.codegen.generate import generate
from mobstd.errors import ConfigError

__all__ = ["comparisons"]


def comparisons(
    standard: str | None = None, out: Path | None = None, roots: Iterable[Root] = ()
) -> list[Comparison]:
    """Compare what is generated with what is there; versions of one package share a folder.

    A legacy version of which nothing can be called has schemas alone, and is left out.

    Args:
        standard: only this version, as ``name@X.Y``. The others of its folder are
            generated all the same, because the folder is owned wholly.
        out: a folder instead of the standard's package; then only ``standard`` goes into it.
        roots: where to look for standards first.

    Raises:
        UnknownName: for a standard that is not there.
        ConfigError: for a standard without a package, where there is no ``out``; for an ``out``
            without a standard.
    """
    extra = tuple(roots)
    if out is not None:
        if standard is None:
            raise ConfigError("codegen.out-of-what")
        return [compare(out, generate(find(standard, extra)))]
    wanted = find(standard, extra) if standard else None
    if wanted is not None:
        folder_of(wanted)
    folders: dict[Path, dict[Path, str]] = {}
    for version in versions(extra):
        plug = version.plug
        if plug is None or not plug.package or (wanted and version.name != wanted.name):
            continue
        if version.status == "legacy" and not version.roles:
            continue
        folders.setdefault(folder_of(version), {}).update(generate(version))
    return [compare(folder, files) for folder, files in sorted(folders.items())]
