"""The next draft: a copy of a version with a number of its own, and the rows that hold for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mobstd.canon.files import load_if_there
from mobstd.canon.standard import NAME, Version
from mobstd.errors import ConfigError
from mobstd.release.edition.draft import MEANING
from mobstd.release.edition.stage import begun

__all__ = ["Sequel", "sequel", "taken_out", "write_sequel"]

STATUS = re.compile(r"^status:.*$", re.MULTILINE)
KEYED = ("params", "changes", "absent")


@dataclass(frozen=True)
class Sequel:
    """A draft that is to be.

    Attributes:
        files: what is written, by its place below the root.
        by_hand: rows that say something by version, which a person has to say for the draft.
    """

    name: str
    files: dict[str, bytes]
    by_hand: tuple[str, ...]


def sequel(version: Version, wanted: str, day: date) -> Sequel:
    """Return a draft that begins as a version is.

    In the schemas and OpenAPI documents the number is replaced in addresses and in
    ``info.version``; in the catalogue the draft is added wherever a list of ``versions`` has the
    version. Examples and everything else stay as they are.

    Args:
        version: what it begins from.
        wanted: ``name@X.Y-label``.
        day: the date of the draft.

    Raises:
        ConfigError: where that is no draft of the standard, or is there already.
    """
    match = NAME.match(wanted)
    number = match["version"] if match else None
    if match is None or match["name"] != version.name or not number or "-" not in number:
        raise ConfigError("edition.no-sequel", wanted=wanted, name=version.name)
    if (version.root.schemas / version.name / number).exists():
        raise ConfigError("edition.taken", version=wanted)
    files = {
        f"schemas/{version.name}/{number}/{path.relative_to(version.folder).as_posix()}": raw
        for path, raw in _copied(version, number, day)
    }
    for path in sorted(version.conformance.rglob("*")):
        if path.suffix not in (".yaml", ".json") or "kill-matrix" in path.parts:
            continue
        text = path.read_text("utf-8")
        more = _listed(text, version.version, number)
        if more != text:
            files[path.relative_to(version.root.folder).as_posix()] = more.encode()
    waivers = version.root.schemas / f"{version.name}.lint.yaml"
    if waivers.is_file():
        more = _listed(waivers.read_text("utf-8"), version.version, number)
        files[f"schemas/{waivers.name}"] = more.encode()
    return Sequel(wanted, files, tuple(_by_hand(version)))


def taken_out(version: Version) -> dict[str, bytes]:
    """Return a version of any root as a root of its own, to begin the next one from.

    What was measured of it stays behind: it is of that root.
    """
    root = version.root.folder
    folders = (version.folder, version.conformance)
    found = [path for folder in folders for path in sorted(folder.rglob("*"))]
    found.append(version.root.schemas / f"{version.name}.lint.yaml")
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in found
        if path.is_file() and not {"kill-matrix", "__pycache__"} & set(path.parts)
    }


def _copied(version: Version, number: str, day: date) -> Iterator[tuple[Path, bytes]]:
    old = re.escape(version.version)
    info = re.compile(rf"^(\s+version:\s*)[\"']?{old}[\"']?\s*$", re.MULTILINE)
    for path in sorted(version.folder.rglob("*")):
        if not path.is_file():
            continue
        raw = path.read_bytes()
        if path.name == "source.yaml":
            text = STATUS.sub("status: draft", raw.decode(), count=1)
            said = f'meaning:\n  en: "the draft of {day}"\n  fr: "le projet du {day}"\n'
            raw = begun(MEANING.sub(said, text, count=1), day).encode()
        elif "examples" not in path.parts and path.suffix in (".json", ".yaml"):
            text = re.sub(rf"(?<=/){old}(?=/)", number, raw.decode())
            if path.parent.name == "openapi":
                text = info.sub(rf'\g<1>"{number}"', text, count=1)
            raw = text.encode()
        yield path, raw


def _listed(text: str, old: str, new: str) -> str:
    """Add a version to every list of versions that has another, in YAML and JSON."""
    one = rf"(?P<quote>[\"']){re.escape(old)}(?P=quote)"
    text = re.sub(
        rf"(versions\"?:\s*\[[^\]]*?){one}",
        lambda match: f'{match[0]}, "{new}"',
        text,
    )
    return re.sub(
        rf"(versions:[ \t]*\n(?:[ \t]*- .*\n)*?)(?P<dash>[ \t]*- ){one}[ \t]*\n",
        lambda match: f"{match[0]}{match['dash']}{match['quote']}{new}{match['quote']}\n",
        text,
    )


def _by_hand(version: Version) -> Iterator[str]:
    for row in load_if_there(version.conformance / "requirements.yaml", []):
        if any(version.version in row.get(key, {}) for key in KEYED):
            yield row["id"]


def write_sequel(files: Mapping[str, bytes], root: Path) -> None:
    """Write the files of a draft below a root.

    Raises:
        ConfigError: where that is not possible.
    """
    try:
        for place, raw in files.items():
            (root / place).parent.mkdir(parents=True, exist_ok=True)
            (root / place).write_bytes(raw)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError("codegen.not-written", folder=str(root), reason=reason) from None
