"""For each rule a file, or an edit of a clean standard, that breaks it, and one that does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

__all__ = [
    *("BODY", "EDITS", "FILES", "LEGAL", "NEAR"),
    *("api", "change", "member", "members", "named", "schema"),
]

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(**members: Any) -> dict[str, Any]:
    """Return a schema that is clean but for what is said."""
    return {"$schema": DIALECT, "$id": "https://example.org/thing.schema.json", **members}


def member(**keywords: Any) -> dict[str, Any]:
    return schema(type="object", properties={"thing": keywords})


def named(name: str, **keywords: Any) -> dict[str, Any]:
    return schema(type="object", properties={name: keywords})


def members(*names: str) -> dict[str, Any]:
    return schema(type="object", properties={name: {"type": "string"} for name in names})


def api(operation: Any = None, *, path: str = "/things", method: str = "get", **top: Any) -> Any:
    """Return an OpenAPI document with one operation, which is clean but for what is said."""
    usual = {
        "operationId": "listThings",
        "summary": "All things.",
        "responses": {"200": {"description": "Things."}, "400": {"description": "Refused."}},
    }
    paths = {path: {method: usual if operation is None else {**usual, **operation}}}
    licence = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    info = {"title": "Things", "version": "1.0", "license": licence}
    return {"openapi": "3.1.0", "info": info, "security": [], "paths": paths, **top}


def parameter(**keywords: Any) -> Any:
    usual = {"name": "limit", "in": "query", "description": "At most.", "schema": {}}
    return {"parameters": [{**usual, **keywords}]}


def without(document: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != name}


def old(**keywords: Any) -> Any:
    return api(components={"schemas": {"Thing": keywords}}, openapi="3.0.3")


THING = {"$ref": "#/$defs/thing"}
BODY = {"content": {"application/json": {"schema": {"type": "object"}}}}

FILES: dict[str, tuple[Any, Any]] = {
    "LINT-DOC-01": (schema(type="object"), schema(type="object", description="A thing.")),
    "LINT-DOC-02": (member(type="string"), member(type="string", description="Its name.")),
    "LINT-DOC-03": (
        named("duration", type="integer", description="How long."),
        named("duration", type="integer", description="How long, in seconds."),
    ),
    "LINT-DOC-04": (schema(type="object"), schema(type="object", examples=[{}])),
    "LINT-DOC-05": (
        {**member(type="string"), "examples": [{}]},
        {**member(type="string"), "examples": [{"thing": "a"}]},
    ),
    "LINT-DOC-06": (api(parameter(description="")), api(parameter())),
    "LINT-DOC-07": (api({"summary": ""}), api()),
    "LINT-ENUM-01": (
        member(type="string", enum=["a", "b"]),
        member(type="string", enum=["a", "b"], **{"x-enum": "closed"}),
    ),
    "LINT-ENUM-02": (member(type="string", enum=["SE", False]), member(enum=["SE", "NO"])),
    "LINT-ENUM-03": (
        old(type="string", nullable=True, enum=["a"]),
        old(type="string", nullable=True, enum=["a", None]),
    ),
    "LINT-EXAMPLE-01": (
        schema(type="string", format="date-time", examples=["2024-02-01T00:00:00+0100"]),
        schema(type="string", format="date-time", examples=["2024-02-01T00:00:00+01:00"]),
    ),
    "LINT-EXAMPLE-02": (member(type="array", default="MON,TUE"), member(type="array", default=[])),
    "LINT-FILE-01": ('{"type": "object", "type": "array"}', '{"type": "object", "title": "A"}'),
    "LINT-FORMAT-01": (member(type="string", format="datetime"), member(format="date-time")),
    "LINT-FORMAT-02": (
        member(type="integer", format="date"),
        member(type="integer", format="unix-time"),
    ),
    "LINT-FORMAT-03": (
        named("openedAt", type="string"),
        named("openedAt", type="string", format="date-time"),
    ),
    "LINT-NAME-01": (
        members("pickUp", "dropOff", "fullName", "lastName", "first_name"),
        members("pickUp", "dropOff", "fullName", "lastName", "firstName"),
    ),
    "LINT-NAME-04": (members("pickUp", "pickup"), members("pickUp", "dropOff")),
    "LINT-NAME-05": (member(enum=["OPEN", "shut"]), member(enum=["OPEN", "SHUT"])),
    "LINT-OPENAPI-01": (api({"responses": {"200": {}}}), api()),
    "LINT-OPENAPI-02": (api({"operationId": ""}), api()),
    "LINT-OPENAPI-03": (
        {**api(), "paths": {"/a": api()["paths"]["/things"], "/b": api()["paths"]["/things"]}},
        api(),
    ),
    "LINT-OPENAPI-04": (
        api(path="/things/{id}"),
        api(parameter(name="id", **{"in": "path", "required": True}), path="/things/{id}"),
    ),
    "LINT-OPENAPI-05": (
        api({"requestBody": BODY}, method="post"),
        api({"requestBody": {**BODY, "required": True}}, method="post"),
    ),
    "LINT-OPENAPI-06": (api({"responses": {"400": {"description": "No."}}}), api()),
    "LINT-OPENAPI-07": (
        api({**parameter(), "responses": {"200": {"description": "Yes."}}}),
        api(parameter()),
    ),
    "LINT-OPENAPI-08": (without(api(), "security"), api()),
    "LINT-OPENAPI-09": (
        api({"tags": ["things"]}),
        api({"tags": ["things"]}, tags=[{"name": "things", "description": "Things."}]),
    ),
    "LINT-OPENAPI-10": (api({"requestBody": BODY}), api({"requestBody": BODY}, method="post")),
    "LINT-OPENAPI-11": (
        api(parameter(schema={"type": "array", "items": {}})),
        api(parameter(schema={"type": "array", "items": {}}, explode=False)),
    ),
    "LINT-PATTERN-01": (member(pattern="^\\p{L}+$"), member(pattern="^[A-Za-z]+$")),
    "LINT-PATTERN-02": (member(pattern="^\\d{2}$"), member(pattern="^[0-9]{2}$")),
    "LINT-PATTERN-03": (member(pattern="^a|b$"), member(pattern="^(a|b)$")),
    "LINT-PATTERN-04": (member(pattern="^([a-z]+)*$"), member(pattern="^([a-z]+-)*$")),
    "LINT-PATTERN-05": (member(pattern="/^[0-9]{12}$/"), member(pattern="^/[0-9]{12}/$")),
    "LINT-PATTERN-06": (member(pattern="^a" * 1001), member(pattern="^a" * 1000)),
    "LINT-REF-01": ({"type": "object"}, schema(type="object")),
    "LINT-REF-03": ({"$schema": DIALECT, "$id": "thing.json"}, schema()),
    "LINT-REF-05": (schema(**THING), schema(**THING, **{"$defs": {"thing": {}}})),
    "LINT-REF-06": (
        schema(**{"$ref": "https://example.org/other.schema.json"}),
        schema(**THING, **{"$defs": {"thing": {}}}),
    ),
    "LINT-REF-07": (
        old(**{"$ref": "#/components/schemas/Other", "description": "A thing."}),
        api(components={"schemas": {"A": {"$ref": "#/components/schemas/B", "title": "A"}}}),
    ),
    "LINT-REF-08": (
        schema(**{"$defs": {"thing": {}}}),
        schema(**THING, **{"$defs": {"thing": {}}}),
    ),
    "LINT-REF-10": (member(type="string", minLenght=1), member(type="string", minLength=1)),
    "LINT-SCHEMA-01": (member(type="objekt"), member(type="object")),
    "LINT-SOURCE-02": (api(info={"title": "Things", "version": "1.0"}), api()),
    "LINT-VALUE-01": (
        {**member(default="a"), "required": ["thing"]},
        {**member(default="a"), "required": []},
    ),
    "LINT-VALUE-02": (
        {**member(type="string"), "required": ["thign"]},
        {**member(type="string"), "required": ["thing"]},
    ),
    "LINT-VALUE-03": (member(minimum=3, maximum=2), member(minimum=2, maximum=3)),
    "LINT-VALUE-04": (member(type="integer", minLength=1), member(type="string", minLength=1)),
    "LINT-VALUE-05": (member(multipleOf=0.01), member(multipleOf=5)),
    "LINT-VALUE-06": (member(maximum=1 << 60), member(maximum=1 << 50)),
    "LINT-VALUE-07": (
        member(oneOf=[{"type": "string", "title": "A"}, {"type": "string", "title": "B"}]),
        member(oneOf=[{"type": "string"}, {"type": "integer"}]),
    ),
    "LINT-VALUE-08": (member(type="array"), member(type="array", items={"type": "string"})),
}
"""What breaks a rule in anybody's file, and what does not."""

four = {f"/{n}": {"get": {**api()["paths"]["/things"]["get"], "operationId": n}} for n in
        ("listThings", "getThing", "putThing", "dropThing")}  # fmt: skip
FILES["LINT-NAME-02"] = (
    api(paths={**four, **api({"operationId": "list_things"})["paths"]}),
    api(paths=four),
)

Edit = Callable[[Any], Any]
PLACE = "schemas/our-own/1.0-draft/place.schema.json"
SOURCE = "schemas/our-own/1.0-draft/source.yaml"
OPERATOR = "schemas/our-own/1.0-draft/openapi/operator.yaml"
ROWS = "conformance/our-own/requirements.yaml"
SUITE = "conformance/our-own/suite.yaml"
FAULTS = "conformance/our-own/faults/faults.json"
VECTORS = "conformance/our-own/vectors/places.json"
DEVIATION = {"published": "Nothing.", "ours": "A roof.", "because": "It rains."}
EXAMPLES = "schemas/our-own/1.0-draft/examples"


def put(*path: Any) -> Edit:
    """Return an edit that sets the last of a path at the steps before it."""
    *steps, key, value = path

    def edit(document: Any) -> Any:
        place = document
        for step in steps:
            place = place[step]
        place[key] = value
        return document

    return edit


def drop(*path: Any) -> Edit:
    *steps, key = path

    def edit(document: Any) -> Any:
        place = document
        for step in steps:
            place = place[step]
        del place[key]
        return document

    return edit


EDITS: dict[str, tuple[str, Edit]] = {
    "LINT-EXAMPLE-03": (f"{EXAMPLES}/valid/place/1.json", drop("name")),
    "LINT-EXAMPLE-04": (f"{EXAMPLES}/invalid/place/without-name.json", put("keyword", "type")),
    "LINT-FILE-03": (SOURCE, put("status", "final")),
    "LINT-FILE-04": (PLACE, put("$dynamicRef", "https://example.org/elsewhere")),
    "LINT-FILE-05": (OPERATOR, lambda api: without(api, "openapi")),
    "LINT-LANG-01": (ROWS, drop(0, "title", "fr")),
    "LINT-LANG-02": (ROWS, put(0, "title", "fr", "Le code {status}")),
    "LINT-LANG-03": (ROWS, put(0, "title", "fr", "Est-il documenté?")),
    "LINT-NAME-03": (PLACE, put("title", "Spot")),
    "LINT-OPENAPI-12": (OPERATOR, put("paths", "/places", "get", "x-block", "palces")),
    "LINT-REF-02": (PLACE, put("$schema", "http://json-schema.org/draft-07/schema#")),
    "LINT-REF-04": (PLACE, put("$id", "https://example.org/our-own/9.9/place.schema.json")),
    "LINT-REF-09": (
        PLACE,
        put("$id", "https://example.org/schemas/our-own/1.0-draft/error.schema.json"),
    ),
    "LINT-ROW-01": (ROWS, lambda rows: [row for row in rows if row["id"] != "OUROWN-GEN-02"]),
    "LINT-ROW-02": (ROWS, put(3, "operations", ["listPalces"])),
    "LINT-ROW-03": (ROWS, put(1, "id", "OUROWN-GEN-01")),
    "LINT-ROW-04": (FAULTS, lambda faults: faults[1:]),
    "LINT-ROW-05": (SUITE, put("blocks", "places", "core", ["OUROWN-PLACE-09"])),
    "LINT-SOURCE-01": (SOURCE, drop("origin", "licence")),
    "LINT-SOURCE-03": (SOURCE, lambda source: without(source, "documents") | {"origin": {}}),
    "LINT-SOURCE-04": (SOURCE, drop("meaning")),
    "LINT-SOURCE-05": (
        SOURCE,
        put("deviations", [{**DEVIATION, "where": "place.schema.json#/properties/roof"}]),
    ),
    "LINT-SOURCE-06": (ROWS, drop(0, "source")),
    "LINT-SOURCE-08": (
        SOURCE,
        put(
            "stages",
            [
                {"stage": "draft", "date": "2026-02-01"},
                {"stage": "consultation", "date": "2026-01-31"},
            ],
        ),
    ),
    "LINT-VECTOR-01": (VECTORS, put(1, "expect", "refusal", {"keyword": "type", "pointer": "/id"})),
    "LINT-VECTOR-02": (VECTORS, put(0, "id", "OUROWN-GEN-99/place")),
    "LINT-VECTOR-03": (f"{EXAMPLES}/invalid/error/empty.json", lambda _: None),
    "LINT-VECTOR-04": (VECTORS, drop(1, "expect", "refusal")),
}
"""What breaks a rule of the house: a file of the standard, and the edit of it."""


NEAR: dict[str, Any] = {
    "LINT-DOC-01": old(allOf=[{"type": "object"}], description="A thing."),
    "LINT-DOC-02": {
        **member(**THING),
        "$defs": {"thing": {"type": "string", "description": "Its name."}},
    },
    "LINT-DOC-03": {
        **named("latitude", type="number", description="North of the equator."),
        "title": "Duration",
    },
    "LINT-DOC-04": schema(
        type="object", properties={"a": {"type": "string", "examples": ["b"]}, "c": {"const": 1}}
    ),
    "LINT-DOC-05": {**member(type="string", deprecated=True), "examples": [{}]},
    "LINT-DOC-06": api(parameter(description="", schema={"description": "At most."})),
    "LINT-DOC-07": api({"summary": "", "description": "All things."}),
    "LINT-ENUM-01": member(enum=[True, None]),
    "LINT-ENUM-02": member(type="number", enum=[1, 1.5]),
    "LINT-ENUM-03": old(type="string", enum=["a"]),
    "LINT-EXAMPLE-01": member(
        allOf=[{"$ref": "https://example.org/elsewhere"}], type="string", examples=["a"]
    ),
    "LINT-EXAMPLE-02": old(type="string", nullable=True, default=None),
    "LINT-FILE-01": '{"a": {"type": "object"}, "type": "object"}',
    "LINT-FORMAT-01": member(type="string", format="idn-email"),
    "LINT-FORMAT-02": member(type=["string", "null"], format="date"),
    "LINT-FORMAT-03": named("candidate", type="string"),
    "LINT-NAME-01": members("pickUp", "dropOff", "fullName", "lastName", "id", "URL"),
    "LINT-NAME-02": api(paths={**four, **api({"operationId": "status"}, path="/status")["paths"]}),
    "LINT-NAME-04": members("pickUp1", "pickUp2"),
    "LINT-NAME-05": member(enum=["OPEN", "n"]),
    "LINT-OPENAPI-01": {**api(), "x-ours": {"any": 1}},
    "LINT-OPENAPI-02": api(webhooks={"a": {"post": {"responses": {}}}}),
    "LINT-OPENAPI-03": api(paths=four),
    "LINT-OPENAPI-04": {
        **api(),
        "paths": {
            "/things/{id}": {
                **parameter(name="id", **{"in": "path", "required": True}),
                "get": api()["paths"]["/things"]["get"],
            }
        },
    },
    "LINT-OPENAPI-05": api({"requestBody": {**BODY, "required": False}}, method="post"),
    "LINT-OPENAPI-06": api({"responses": {"3XX": {"description": "Elsewhere."}}}),
    "LINT-OPENAPI-07": api({**parameter(), "responses": {"default": {"description": "Other."}}}),
    "LINT-OPENAPI-08": without(api({"security": []}), "security"),
    "LINT-OPENAPI-09": api({"tags": []}),
    "LINT-OPENAPI-10": api({"requestBody": BODY}, method="patch"),
    "LINT-OPENAPI-11": api(parameter(**{"in": "header"}, schema={"type": "array", "items": {}})),
    "LINT-PATTERN-01": member(pattern="^[{}]+$"),
    "LINT-PATTERN-02": member(pattern="^\\\\d[&-]$"),
    "LINT-PATTERN-03": member(pattern="^[a|b]$"),
    "LINT-PATTERN-04": member(pattern="^([a-z]+,)*[a-z]+$"),
    "LINT-PATTERN-05": member(pattern="/things/"),
    "LINT-PATTERN-06": member(pattern=""),
    "LINT-REF-01": schema(type="object", properties={"a": {}}),
    "LINT-REF-03": {"$schema": DIALECT, "$id": "urn:example:thing"},
    "LINT-REF-05": schema(**{"$ref": "#thing", "$defs": {"thing": {"$anchor": "thing"}}}),
    "LINT-REF-06": schema(
        **{"$ref": "https://example.org/thing.schema.json#/$defs/a", "$defs": {"a": {}}}
    ),
    "LINT-REF-07": old(allOf=[{"$ref": "#/components/schemas/Thing"}], description="A thing."),
    "LINT-REF-08": schema(**{"$defs": {"thing": {"$anchor": "thing"}}}),
    "LINT-REF-10": member(type="string", **{"x-minLenght": 1}),
    "LINT-SCHEMA-01": member(type=["object", "null"]),
    "LINT-SOURCE-02": api(info={"title": "A", "version": "1", "license": {"name": "Ours"}}),
    "LINT-VALUE-01": {**member(properties={"thing": {"default": 1}}), "required": ["thing"]},
    "LINT-VALUE-02": {
        **member(type="string"),
        "allOf": [{"properties": {"other": {}}}],
        "required": ["thing", "other"],
    },
    "LINT-VALUE-03": member(minimum=2, maximum=2),
    "LINT-VALUE-04": member(type=["integer", "string"], minLength=1),
    "LINT-VALUE-05": member(multipleOf=2.0),
    "LINT-VALUE-06": member(maximum=1 << 53),
    "LINT-VALUE-07": member(oneOf=[{"type": "string"}, {"type": "string", "maxLength": 3}]),
    "LINT-VALUE-08": member(type="array", prefixItems=[{"type": "string"}]),
}
"""What nearly breaks a rule of anybody's file, and is right."""

LEGAL: dict[str, tuple[str, Edit]] = {
    "LINT-EXAMPLE-03": (f"{EXAMPLES}/valid/place/1.json", put("more", 1)),
    "LINT-EXAMPLE-04": (f"{EXAMPLES}/invalid/place/without-name.json", drop("why")),
    "LINT-FILE-03": (SOURCE, drop("name")),
    "LINT-FILE-04": (PLACE, put("$dynamicRef", "#")),
    "LINT-FILE-05": (PLACE, drop("$schema")),
    "LINT-LANG-01": (ROWS, put(0, "title", "fr", "Code de statut")),
    "LINT-LANG-02": (ROWS, put(0, "title", {"en": "{status} given", "fr": "{status} donné"})),
    "LINT-LANG-03": (ROWS, put(0, "title", "fr", "Est-il documenté\u202f? Voir a;b")),
    "LINT-NAME-03": (PLACE, put("description", "A spot.")),
    "LINT-OPENAPI-12": (OPERATOR, put("paths", "/places", "get", "x-block", "status")),
    "LINT-REF-02": (PLACE, put("$comment", "draft-07")),
    "LINT-REF-04": (PLACE, put("title", "Spot")),
    "LINT-REF-09": (PLACE, put("$defs", {"a": {"$anchor": "a"}})),
    "LINT-ROW-01": (ROWS, put(1, "operations", ["listPlaces", "getStatus"])),
    "LINT-ROW-02": (ROWS, put(3, "roles", ["client"])),
    "LINT-ROW-03": (ROWS, put(0, "id", "OUROWN-GEN-04")),
    "LINT-ROW-04": (FAULTS, put(0, "title", "en", "206 in its place")),
    "LINT-ROW-05": (SUITE, put("blocks", "places", "core", ["OUROWN-GEN-01"])),
    "LINT-SOURCE-01": (SOURCE, put("origin", "licence", "LicenceRef-Ours")),
    "LINT-SOURCE-03": (SOURCE, drop("documents")),
    "LINT-SOURCE-04": (SOURCE, drop("name")),
    "LINT-SOURCE-08": (
        SOURCE,
        put(
            "stages",
            [
                {"stage": "draft", "date": "2026-01-31"},
                {"stage": "consultation", "date": "2026-02-01"},
            ],
        ),
    ),
    "LINT-SOURCE-05": (
        SOURCE,
        put("deviations", [{**DEVIATION, "where": "place.schema.json#/properties/kind"}]),
    ),
    "LINT-SOURCE-06": (ROWS, put(0, "source", [{"document": "TEXT", "where": "elsewhere"}])),
    "LINT-VECTOR-01": (VECTORS, put(1, "edit", 0, "value", "ELSEWHERE")),
    "LINT-VECTOR-02": (VECTORS, put(0, "versions", ["1.0-draft"])),
    "LINT-VECTOR-03": (f"{EXAMPLES}/invalid/place/without-name.json", lambda _: None),
    "LINT-VECTOR-04": (VECTORS, put(1, "title", "en", "another kind")),
}
"""Edits of the standard that nearly break a rule of the house, and are right."""


def change(root: Path, file: str, edit: Edit) -> None:
    """Edit a file of a standard; what becomes nothing is deleted."""
    path = root / file
    text = path.read_text("utf-8")
    made = edit(json.loads(text) if path.suffix == ".json" else yaml.safe_load(text))
    if made is None:
        path.unlink()
    elif path.suffix == ".json":
        path.write_text(json.dumps(made), "utf-8")
    else:
        path.write_text(yaml.safe_dump(made, allow_unicode=True), "utf-8")
