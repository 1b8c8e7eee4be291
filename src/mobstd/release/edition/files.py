"""What is handed out of a version, as plain files; their places are those of their URLs.

<name>.schema.json        JSON Schema in several files, each at its ``$id``
schemas/<name>.json       JSON Schema, each in one file
openapi/<role>.json       OpenAPI 3.1, and 3.0 beside it
tables/<name>.json        Frictionless table schemas of what is flat
formats.json              the formats that the schemas name, as patterns
vectors.json              documents with the answer that every validator must give
requirements.json, .csv   the catalogue of requirements
types/<role>.d.ts         TypeScript, where it was asked for
canon/                    the frozen copy: what all of this was made of
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from mobstd.canon.files import load_if_there
from mobstd.canon.schemas import SUFFIX, schema_names, schema_of
from mobstd.canon.standard import Version
from mobstd.judging.catalogue import in_version
from mobstd.release.edition.table import table
from mobstd.release.parcel import parcel

__all__ = ["Bytes", "handed_out", "written"]

Bytes = dict[str, bytes]

COLUMNS = (
    "id",
    "level",
    "origin",
    "roles",
    "blocks",
    "operations",
    "title_en",
    "title_fr",
    "source",
)


def handed_out(version: Version, typescript: bool = False) -> Bytes:
    """Return the files of a version; the same every time, byte for byte.

    Raises:
        MissingExtra: without the extra ``codegen``; for TypeScript, without Node.
    """
    made = parcel(version)
    if typescript:
        from mobstd.release.typescript import types

        made.update(types(made))
    found = {path.as_posix(): text.encode() for path, text in made.items()}
    for name in schema_names(version):
        file = version.folder / f"{name}{SUFFIX}"
        found[file.name] = file.read_bytes()
        flat = table(schema_of(version, name))
        if flat is not None:
            found[f"tables/{name}.json"] = written(flat)
    rows = _rows(version)
    if rows:
        found["requirements.json"] = written({"standard": str(version), "requirements": rows})
        found["requirements.csv"] = _csv(rows)
    for folder in (version.folder, version.conformance):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                place = path.relative_to(version.root.folder).as_posix()
                found[f"canon/{place}"] = path.read_bytes()
    return dict(sorted(found.items()))


def written(value: Any) -> bytes:
    """Return a value as JSON, as every file here has it."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def _rows(version: Version) -> list[dict[str, Any]]:
    number = version.version
    every = load_if_there(version.conformance / "requirements.yaml", [])
    found = []
    for row in every:
        if number in row.get("versions", [number]):
            kept = in_version(row, number)
            left_out = ("versions", "changes", "absent")
            found.append({key: value for key, value in kept.items() if key not in left_out})
    return found


def _csv(rows: list[dict[str, Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        sources = ("; ".join(f"{k} {v}" for k, v in one.items()) for one in row.get("source", ()))
        writer.writerow(
            [
                *(row[name] for name in ("id", "level", "origin")),
                *(" ".join(row.get(name, ())) for name in ("roles", "blocks", "operations")),
                *(row["title"][lang] for lang in ("en", "fr")),
                " | ".join(sources),
            ]
        )
    return out.getvalue().encode()
