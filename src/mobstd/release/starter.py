"""A new standard: a folder of data that is linted, generated, served and checked as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from mobstd.canon.standard import NAME
from mobstd.errors import ConfigError

__all__ = ["starter", "write_starter"]

VERSION = "1.0-draft"
HIDDEN = {"_github": ".github", "_gitlab-ci.yml": ".gitlab-ci.yml"}
"""Names that begin with a dot are lost by some packagers."""


def starter(
    name: str,
    *,
    today: date,
    title: str | None = None,
    base: str = "https://example.org/schemas",
    licence: str = "Apache-2.0",
) -> dict[Path, str]:
    """Return the files of a new standard, by their place in its folder.

    Args:
        name: what it is called on the command line, such as ``my-standard``.
        today: the day of the draft.
        title: what people call it; made of the name where it is left out.
        base: where its schemas are going to be published; their ``$id`` begin with it.
        licence: SPDX identifier.

    Raises:
        ConfigError: for a name, an address or a licence that can't be one.
    """
    match = NAME.match(name)
    if match is None or match["version"] or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ConfigError("start.bad-name", name=name)
    if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*/?", base):
        raise ConfigError("start.bad-base", base=base)
    if not re.fullmatch(r"[A-Za-z0-9.+-]+", licence):
        raise ConfigError("start.bad-licence", licence=licence)
    shown = title or name.replace("-", " ").capitalize()
    if not shown.isprintable() or re.search(r"[\"\\]", shown):
        raise ConfigError("start.bad-title", title=shown)
    words = {
        "NAME": name,
        "VERSION": VERSION,
        "TITLE": shown,
        "BASE": base.rstrip("/"),
        "LICENCE": licence,
        "DATE": today.isoformat(),
        "ROW": re.sub(r"[^A-Z]", "", name.upper()),
    }
    found = {}
    for place, text in _templates(files(__package__) / "template", Path()):
        parts = [words.get(part, HIDDEN.get(part, part)) for part in place.parts]
        parts[-1] = parts[-1].replace("NAME.", f"{name}.")
        found[Path(*parts)] = _filled(text, words)
    return found


def _templates(folder: Any, at: Path) -> Iterator[tuple[Path, str]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: str(entry.name)):
        if entry.is_dir():
            yield from _templates(entry, at / entry.name)
        else:
            yield at / entry.name, entry.read_text("utf-8")


def _filled(text: str, words: dict[str, str]) -> str:
    pattern = rf"(?<![A-Za-z_])({'|'.join(words)})(?![A-Za-z_])"
    return re.sub(pattern, lambda match: words[match[1]], text)


def write_starter(found: Mapping[Path, str] | Mapping[str, bytes], folder: Path) -> None:
    """Write the files into a folder that is new or empty.

    Raises:
        ConfigError: where it holds anything, or can't be written.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ConfigError("start.not-empty", folder=str(folder))
        for place, text in found.items():
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            (folder / place).write_bytes(text.encode() if isinstance(text, str) else text)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError("codegen.not-written", folder=str(folder), reason=reason) from None
