"""A page on which one pastes a document and sees it judged, in the browser, by the schema alone.

page     its template, style and scripts; ``worker.js`` judges, and is the one that uses ajv
vendor   ajv as one file, with its hash, licences and the way to build it anew
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files as resources
from pathlib import PurePosixPath
from typing import Any

from mobstd.canon import formats
from mobstd.canon.files import load
from mobstd.canon.root import Root
from mobstd.canon.schemas import schema_names, schema_of
from mobstd.canon.standard import Version
from mobstd.errors import MissingExtra
from mobstd.messages import catalogue, render
from mobstd.validation.overlay import documents_under, overlays

__all__ = ["files"]

_FOLDER = PurePosixPath("judge")
_PAGES = {"en": "index.html", "fr": "fr.html"}
_HOMES = {"en": "../", "fr": "../fr/"}
_NAMES = {"en": "English", "fr": "Français"}
_TEXTS = ("judging.", "validation.")
_OF_FORMATS = ("name", "applies_to", "pattern", "max_length", "surely", "beyond")
_ENGINE = "ajv.js"


def files(root: Root, versions: Sequence[Version]) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Yield each file of the page, with its place below the root of the site.

    The same versions give the same bytes. The table of formats comes from ``root``; each version
    brings its own data.

    Raises:
        CanonError: for a schema that names an unknown format.
        MissingExtra: without jinja2.
    """
    engine = _resource("vendor", _ENGINE)
    name = f"ajv.{hashlib.sha256(engine).hexdigest()[:12]}.js"
    yield _FOLDER / name, engine
    yield _FOLDER / "ajv.LICENSE.txt", _resource("vendor", "LICENSE")
    for script in sorted(resources(__package__).joinpath("page").iterdir(), key=lambda f: f.name):
        if script.name.endswith(".js"):
            text = script.read_text("utf-8").replace(f"./{_ENGINE}", f"./{name}")
            yield _FOLDER / script.name, text.encode()
    style = resources("mobstd.output").joinpath("frame.css").read_bytes()
    yield _FOLDER / "judge.css", style + _resource("page", "judge.css")
    yield _FOLDER / "formats.json", _written(_formats(root))
    texts = {code: both for code, both in catalogue().items() if code.startswith(_TEXTS)}
    yield _FOLDER / "messages.json", _written(texts)
    for version in versions:
        place = _FOLDER / "schemas" / version.name / f"{version.version}.json"
        yield place, _written(_judged_by(version))
    for lang, page in _PAGES.items():
        yield _FOLDER / page, _page(lang, versions)


def _resource(*parts: str) -> bytes:
    return resources(__package__).joinpath(*parts).read_bytes()


def _written(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _formats(root: Root) -> dict[str, Any]:
    from iso4217 import Currency

    table = load(root.conformance / "formats.json")["formats"]
    rows = [{key: row[key] for key in _OF_FORMATS if key in row} for row in table]
    return {"formats": rows, "currencies": sorted({one.code for one in Currency})}


def _judged_by(version: Version) -> dict[str, Any]:
    """Return the schemas of a version by name, an example of each, and what overlays change."""
    under = {name: documents_under(version, name) for name in overlays(version)}
    schemas = {name: schema_of(version, name) for name in schema_names(version)}
    formats.refuse_unknown(
        *schemas.values(), *(d for each in under.values() for d in each.values())
    )
    return {
        "standard": str(version),
        "schemas": schemas,
        "overlays": {
            overlay: {
                name: documents[schema["$id"]]
                for name, schema in schemas.items()
                if documents[schema["$id"]] is not schema
            }
            for overlay, documents in under.items()
        },
        "examples": {name: _example(version, name, schemas[name]) for name in schemas},
    }


def _example(version: Version, name: str, schema: Mapping[str, Any]) -> Any:
    """Return a valid document, ``None`` where there is none."""
    for path in sorted((version.folder / "examples" / "valid" / name).glob("*.json")):
        return load(path)
    return next(iter(schema.get("examples", ())), None)


def _page(lang: str, versions: Sequence[Version]) -> bytes:
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError:
        raise MissingExtra("output.needs-jinja") from None
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    )
    template = environment.from_string(_resource("page", "page.html.j2").decode())
    other = next(code for code in _PAGES if code != lang)
    page = template.render(
        lang=lang,
        home=_HOMES[lang],
        title=render("judging.title", {}, lang),
        say=lambda code, **params: render(code, params, lang),
        other={"lang": other, "page": _PAGES[other], "name": _NAMES[other]},
        versions=[str(version) for version in versions],
    )
    return page.encode()
