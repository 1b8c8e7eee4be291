"""The bike aids that ``mobstd aids fetch`` brought, in the folder of the user."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import mobstd
from mobstd.messages import LANGUAGES, render
from mobstd.mobility_aid.importing.aides_velo import imported
from mobstd.mobility_aid.importing.diagnostics import Imported
from mobstd.mobility_aid.importing.package import RELEASE, archive, checked, rules_of

__all__ = ["at_hand", "brought", "fetch", "place"]


def place() -> Path:
    """Return where they are kept: a file of this version of mobstd, since it reads the rules."""
    from platformdirs import user_data_path

    return user_data_path("mobstd") / f"bike-aids-{RELEASE}-mobstd-{mobstd.__version__}.ndjson"


def brought() -> Path | None:
    """Return the file of the aids, ``None`` where they were not brought."""
    path = place()
    return path if path.is_file() else None


def fetch(source: str) -> tuple[Path, list[Imported]]:
    """Bring the aids from a URL or a file; return where they are, and what became of each.

    Raises:
        ConfigError: where a file can't be read or written.
        Unreachable: where no archive comes.
        RefusedDocument: where it is not the archive that it has to be.
    """
    from mobstd.output.files import check_writable, replace_file

    path = place()
    check_writable([path])
    document = rules_of(checked(archive(source)))
    at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    found = [*imported(document, at, document["version"])]
    lines = (json.dumps(one.aid, ensure_ascii=False) for one in found if one.aid is not None)
    replace_file(path, "".join(f"{line}\n" for line in lines))
    return path, found


def at_hand(db: str | None = None) -> tuple[str | None, dict[str, str]]:
    """Return the aids that a catalogue begins with where nobody names others, and what to say.

    ``None`` are the ten invented ones, or those that its database has; what to say is by language.

    Raises:
        ConfigError: for a database that can't be used.
    """
    path = None if (kept := db is not None and _kept(db)) else brought()
    code = f"aids.stock.{'kept' if kept else 'invented' if path is None else 'brought'}"
    said = {lang: render(code, {"release": RELEASE, "file": str(path)}, lang) for lang in LANGUAGES}
    return None if path is None else str(path), said


def _kept(db: str) -> bool:
    """Say whether a database has aids."""
    from mobstd.mobility_aid.reference.shelf import Shelf
    from mobstd.serving.database import Away, opened

    database = opened(db)
    try:
        return Shelf(database).begun()
    except (Away, database.error) as error:
        raise database.unusable(error) from None
    finally:
        database.close()
