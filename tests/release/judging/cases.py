"""Every document that standards bring, with what Python says of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import jsonpatch
from tests.documents import patched

from mobstd.canon.files import load
from mobstd.canon.schemas import schema_names
from mobstd.canon.standard import Version, versions
from mobstd.validation.documents import DocumentJudge
from mobstd.validation.overlay import overlays, validator_under
from mobstd.validation.positions import lines_of

Answer = frozenset[tuple[int, str, str, str, str]]
"""Line, pointer, keyword, and the message in both languages of each refusal."""


@dataclass(frozen=True)
class Case:
    """A document and the schema that judges it; ``kind`` is ``vector`` or ``example``."""

    kind: str
    id: str
    version: Version
    schema: str
    text: str
    overlay: str | None = None

    @property
    def asked(self) -> dict[str, Any]:
        return {
            "standard": str(self.version),
            "schema": self.schema,
            "overlay": self.overlay,
            "text": self.text,
        }

    @property
    def answer(self) -> Answer:
        """What Python refuses by the schema: the rows of the catalogue are not asked."""
        document = json.loads(self.text)
        if validator_under(self.version, self.schema, self.overlay).is_valid(document):
            return frozenset()
        remarks = DocumentJudge(self.version, self.schema, self.overlay).remarks(document)
        lines = lines_of(self.text, [remark.path for remark in remarks])
        return frozenset(
            (lines[r.path], r.pointer, r.keyword, r.message("en"), r.message("fr")) for r in remarks
        )


def cases() -> Iterator[Case]:
    """Yield vectors, under each version that they are good for, and examples of both kinds."""
    for version in versions():
        yield from _vectors(version)
        yield from _examples(version)


def _vectors(version: Version) -> Iterator[Case]:
    paths = sorted((version.conformance / "vectors").glob("*.json"))
    every = {vector["id"]: vector for path in paths for vector in load(path)}

    def document(vector: Any) -> Any:
        if "edit" in vector:
            return jsonpatch.apply_patch(document(every[vector["twin_of"]]), vector["edit"])
        return vector["document"]

    for id_, vector in every.items():
        good_for = vector.get("versions", [version.version])
        overlay = vector.get("overlay")
        there = vector["schema"] in schema_names(version) and overlay in (None, *overlays(version))
        if version.version in good_for and there:
            text = vector["raw"] if "raw" in vector else _written(document(vector))
            yield Case("vector", id_, version, vector["schema"], text, overlay)


def _examples(version: Version) -> Iterator[Case]:
    folder = version.folder / "examples"
    for path in sorted(folder.glob("*/*/*.json")):
        kind, schema = path.parts[-3:-1]
        content = load(path)
        if kind == "invalid" and "twin_of" in content:
            twin = load(folder / "valid" / schema / content["twin_of"])
            content = patched(twin, content["edit"])
        name = f"{kind}/{schema}/{path.stem}"
        yield Case("example", name, version, schema, _written(content))


def _written(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)
