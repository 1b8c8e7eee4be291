"""A draft as the version that it becomes: the same files, with the other number in them."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from mobstd.canon.root import Root
from mobstd.canon.standard import Version
from mobstd.errors import ConfigError

__all__ = ["MEANING", "NUMBER", "raised", "staged"]

NUMBER = re.compile(r"[0-9]+\.[0-9]+")
STATUS = re.compile(r"^status:\s*(draft|proposal)\s*$", re.MULTILINE)
MEANING = re.compile(r"^meaning:.*\n(?:[ \t]+.*\n|\n)*", re.MULTILINE)
TEXTS = (".json", ".yaml", ".yml", ".md", ".csv")


def raised(draft: Version, number: str | None) -> str:
    """Return the number of the version that a draft becomes.

    Raises:
        ConfigError: where it is no draft, or the number is none.
    """
    wanted = number or draft.version.partition("-")[0]
    if not NUMBER.fullmatch(wanted):
        raise ConfigError("edition.bad-number", number=wanted)
    if draft.status not in ("draft", "proposal") or "-" not in draft.version:
        raise ConfigError("edition.no-draft", version=str(draft), status=draft.status)
    return wanted


def staged(draft: Version, number: str, folder: Path) -> Version:
    """Write the version that a draft becomes into a folder, with its catalogue.

    Raises:
        ConfigError: where ``source.yaml`` does not say its status in a line of its own.
    """
    copies = {draft.folder: folder / "schemas" / draft.name / number}
    if draft.conformance.is_dir():
        copies[draft.conformance] = folder / "conformance" / draft.name
    for before, after in copies.items():
        for path in sorted(before.rglob("*")):
            target = after / path.relative_to(before)
            if path.is_dir():
                target.mkdir(parents=True, exist_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            raw = path.read_bytes()
            with suppress(UnicodeDecodeError):  # which lint tells of
                renewed = path.suffix in TEXTS
                raw = _renumbered(path, draft.version, number).encode() if renewed else raw
            target.write_bytes(raw)
    waivers = draft.root.schemas / f"{draft.name}.lint.yaml"
    if waivers.is_file():
        text = _renumbered(waivers, draft.version, number)
        (folder / "schemas" / waivers.name).write_text(text, "utf-8", newline="")
    (folder / "conformance").mkdir(exist_ok=True)
    source = folder / "schemas" / draft.name / number / "source.yaml"
    text, count = STATUS.subn("status: adopted", source.read_text("utf-8"))
    if count != 1:
        raise ConfigError("edition.status-hidden", file=str(draft.folder / "source.yaml"))
    meaning = f'meaning:\n  en: "version {number}"\n  fr: "la version {number}"\n'
    source.write_text(MEANING.sub(meaning, text, count=1), "utf-8", newline="")
    return Version(draft.name, number, Root(folder))


def _renumbered(path: Path, old: str, new: str) -> str:
    """Return a file with one number for another; YAML would read a bare ``1.0`` as no text."""
    text, said = path.read_bytes().decode(), re.escape(old)
    if path.suffix in (".yaml", ".yml"):
        bare = rf"(^[ \t]*(?:- )?|[\[{{,][ \t]*|: +){said}(?=[ \t]*(?:[\]}},:#]|$))"
        text = re.sub(bare, rf'\g<1>"{new}"', text, flags=re.MULTILINE)
    return re.sub(rf"(?<![0-9A-Za-z.-]){said}(?![0-9A-Za-z-])", new, text)
