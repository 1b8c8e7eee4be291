"""What changes around schemas: operations, parameters, bodies, statuses, headers, security."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from mobstd.release.diff.change import BREAKING, SAFE, UNKNOWN, Change
from mobstd.release.diff.library import Library
from mobstd.release.diff.operations import Comparer
from mobstd.release.diff.verdicts import Apis

TEXT = {"type": "string"}
API: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Doors", "version": "1.0"},
    "security": [{"key": []}],
    "paths": {
        "/doors/{door}": {
            "parameters": [{"name": "door", "in": "path", "required": True, "schema": TEXT}],
            "post": {
                "operationId": "open",
                "parameters": [
                    {"name": "how", "in": "query", "schema": {**TEXT, "maxLength": 9}},
                    {"name": "who", "in": "query", "required": True, "schema": TEXT},
                ],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"type": "object"}}},
                },
                "responses": {
                    "200": {
                        "description": "Open.",
                        "headers": {"X-Count": {"schema": {"type": "integer"}}},
                        "content": {"application/json": {"schema": {"type": "array"}}},
                    },
                    "404": {"description": "No such door."},
                },
            },
        },
        "/bells": {"get": {"operationId": "bells", "responses": {"204": {"description": "."}}}},
    },
    "components": {
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
            "other": {"type": "http", "scheme": "bearer"},
        }
    },
}
OPEN = ("paths", "/doors/{door}", "post")
HOW = {"name": "how", "in": "query", "schema": {**TEXT, "maxLength": 9}}
WHO = {"name": "who", "in": "query", "required": True, "schema": TEXT}
SHORT = {**HOW, "schema": {**TEXT, "maxLength": 4}}
TOLD = {**HOW, "schema": {**TEXT, "maxLength": 9, "default": "a"}}
OK = (*OPEN, "responses", "200")
BODY = (*OPEN, "requestBody")
BY_ID = {"name": "id", "in": "path", "required": True, "schema": TEXT}
NEW_PLACE = {
    "/doors/{id}": {**API["paths"]["/doors/{door}"], "parameters": [BY_ID]},
    "/bells": API["paths"]["/bells"],
}

CASES: list[tuple[str, tuple[str, ...], Any, str, str, str]] = [
    ("operation removed", ("paths", "/bells"), None, "DIFF-OPERATION-01", BREAKING, "sender"),
    ("operation added", ("paths", "/knockers"), {"get": {"operationId": "k", "responses": {}}},
     "DIFF-OPERATION-02", SAFE, "nobody"),
    ("path moved", ("paths", "/v2/bells"), "moved", "DIFF-OPERATION-03", BREAKING, "both"),
    ("id changed", ("paths", "/bells", "get", "operationId"), "ring", "DIFF-OPERATION-04", SAFE,
     "nobody"),
    ("deprecated", (*OPEN, "deprecated"), True, "DIFF-DEPRECATED-01", SAFE, "nobody"),
    ("required parameter", (*OPEN, "parameters"), [HOW, WHO, {**WHO, "name": "why"}],
     "DIFF-PARAMETER-01", BREAKING, "sender"),
    ("optional parameter", (*OPEN, "parameters"), [HOW, WHO, {**HOW, "name": "why"}],
     "DIFF-PARAMETER-02", SAFE, "nobody"),
    ("required parameter gone", (*OPEN, "parameters"), [HOW], "DIFF-PARAMETER-03", BREAKING,
     "reader"),
    ("optional parameter gone", (*OPEN, "parameters"), [WHO], "DIFF-PARAMETER-04", UNKNOWN,
     "nobody"),
    ("becomes required", (*OPEN, "parameters"), [{**HOW, "required": True}, WHO],
     "DIFF-PARAMETER-05", BREAKING, "sender"),
    ("becomes optional", (*OPEN, "parameters"), [HOW, {**WHO, "required": False}],
     "DIFF-PARAMETER-06", BREAKING, "reader"),
    ("written otherwise", (*OPEN, "parameters"), [{**HOW, "style": "pipeDelimited"}, WHO],
     "DIFF-PARAMETER-07", UNKNOWN, "nobody"),
    ("empty no longer", (*OPEN, "parameters"), [{**HOW, "allowEmptyValue": True}, WHO],
     "DIFF-PARAMETER-07", UNKNOWN, "nobody"),
    ("any status of a kind", (*OPEN, "responses", "2XX"), {"description": "."}, "DIFF-STATUS-02",
     BREAKING, "reader"),
    ("any status at all", (*OPEN, "responses", "default"), {"description": "."}, "DIFF-STATUS-02",
     UNKNOWN, "nobody"),
    ("links", (*OK, "links"), {"next": {"operationId": "bells"}}, "DIFF-KEYWORD-01", UNKNOWN,
     "nobody"),
    ("reached elsewhere", (*OPEN, "servers"), [{"url": "https://example.org"}], "DIFF-SERVER-01",
     UNKNOWN, "nobody"),
    ("parameter narrowed", (*OPEN, "parameters"), [SHORT, WHO],
     "DIFF-LENGTH-03", BREAKING, "sender"),
    ("default changed", (*OPEN, "parameters"), [TOLD, WHO],
     "DIFF-DEFAULT-01", UNKNOWN, "nobody"),
    ("path parameter renamed", ("paths",), NEW_PLACE, "DIFF-TEXT-01", SAFE, "nobody"),
    ("body gone", BODY, None, "DIFF-BODY-03", UNKNOWN, "nobody"),
    ("body optional", (*BODY, "required"), False, "DIFF-BODY-05", BREAKING, "reader"),
    ("media type gone", (*BODY, "content"), {"application/xml": {}}, "DIFF-MEDIA-01", BREAKING,
     "sender"),
    ("answer of another type", (*OK, "content"), {"text/csv": {}}, "DIFF-MEDIA-04", BREAKING,
     "reader"),
    ("success added", (*OPEN, "responses", "202"), {"description": "Later."}, "DIFF-STATUS-02",
     BREAKING, "reader"),
    ("error added", (*OPEN, "responses", "409"), {"description": "Shut."}, "DIFF-STATUS-02", SAFE,
     "nobody"),
    ("error gone", (*OPEN, "responses", "404"), None, "DIFF-STATUS-01", UNKNOWN, "nobody"),
    ("success gone", OK, None, "DIFF-STATUS-01", BREAKING, "sender"),
    ("header required", (*OK, "headers", "X-Count", "required"), True, "DIFF-HEADER-01", BREAKING,
     "sender"),
    ("header gone", (*OK, "headers"), {}, "DIFF-HEADER-04", UNKNOWN, "nobody"),
    ("answer widened", (*OK, "content", "application/json", "schema"), {}, "DIFF-TYPE-02", BREAKING,
     "reader"),
    ("other credentials", ("security",), [{"other": []}], "DIFF-SECURITY-01", BREAKING, "sender"),
    ("more credentials", ("security",), [{"key": []}, {"other": []}], "DIFF-SECURITY-02", BREAKING,
     "reader"),
    ("servers", ("servers",), [{"url": "https://example.org"}], "DIFF-SERVER-01", UNKNOWN,
     "nobody"),
    ("info", ("info", "title"), "Gates", "DIFF-TEXT-01", SAFE, "nobody"),
]  # fmt: skip


def _edited(where: tuple[str, ...], value: Any) -> dict[str, Any]:
    document = deepcopy(API)
    if value == "moved":
        document["paths"]["/v2/bells"] = document["paths"].pop("/bells")
        return document
    node = document
    for step in where[:-1]:
        node = node[step]
    if value is None:
        del node[where[-1]]
    else:
        node[where[-1]] = value
    return document


def changes(old: Any, new: Any) -> list[Change]:
    libraries = [Library({"api.json": json.dumps(d)}.__getitem__) for d in (old, new)]
    return list(Comparer(Apis((libraries[0], "api.json"), (libraries[1], "api.json"))).changes())


@pytest.mark.parametrize(
    ("where", "value", "rule", "verdict", "hurt"),
    [pytest.param(*case[1:], id=case[0]) for case in CASES],
)
def test_a_change(where: tuple[str, ...], value: Any, rule: str, verdict: str, hurt: str) -> None:
    found = {c.rule: c for c in changes(API, _edited(where, value))}
    assert rule in found
    assert (found[rule].verdict, found[rule].hurt) == (verdict, hurt)
    assert verdict != BREAKING or found[rule].examples
    back = changes(_edited(where, value), API)
    assert back
    if verdict == BREAKING and rule != "DIFF-OPERATION-01":
        assert any(c.verdict != SAFE for c in back)


def test_who_is_hurt_by_name() -> None:
    found = changes(API, _edited((*OPEN, "parameters"), [{**HOW, "required": True}, WHO]))
    (change,) = [c for c in found if c.verdict == BREAKING]
    assert change.roles == ("caller",)
    found = changes(API, _edited((*OK, "headers", "X-Count", "required"), True))
    (change,) = [c for c in found if c.verdict == BREAKING]
    assert change.roles == ("server",)


def test_the_same_is_not_different() -> None:
    assert changes(API, deepcopy(API)) == []


def test_the_same_in_three_dialects() -> None:
    """OpenAPI 3.0 and Swagger 2 that say the same as 3.1."""
    new = {
        "openapi": "3.1.0",
        "paths": {
            "/a": {
                "post": {
                    "requestBody": {"required": True, "content": {"application/json": {"schema": {
                        "type": "object",
                        "properties": {"n": {"type": ["integer", "null"], "exclusiveMinimum": 0}},
                    }}}},
                    "responses": {"200": {"description": ".", "content": {"application/json": {
                        "schema": {"type": "string"}}}}},
                }
            }
        },
    }  # fmt: skip
    older: dict[str, Any] = deepcopy(new)
    older["openapi"] = "3.0.3"
    body = older["paths"]["/a"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    body["properties"]["n"] = {
        "type": "integer", "nullable": True, "minimum": 0, "exclusiveMinimum": True,
    }  # fmt: skip
    swagger = {
        "swagger": "2.0",
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "paths": {
            "/a": {
                "post": {
                    "parameters": [{"in": "body", "name": "b", "required": True, "schema": {
                        "type": "object",
                        "properties": {"n": {"type": "integer", "x-nullable": True, "minimum": 0,
                                             "exclusiveMinimum": True}},
                    }}],
                    "responses": {"200": {"description": ".", "schema": {"type": "string"}}},
                }
            }
        },
    }  # fmt: skip
    assert [c for c in changes(older, new) if c.verdict != SAFE] == []
    assert [c.rule for c in changes(swagger, new) if c.verdict != SAFE] == ["DIFF-SERVER-01"]


def test_what_is_only_read_is_not_asked_for() -> None:
    def api(required: list[str]) -> dict[str, Any]:
        schema = {
            "type": "object",
            "properties": {"id": {"type": "string", "readOnly": True}},
            "required": required,
        }
        content = {"application/json": {"schema": schema}}
        return {
            "openapi": "3.1.0",
            "paths": {"/a": {"post": {
                "requestBody": {"content": content},
                "responses": {"200": {"description": ".", "content": content}},
            }}},
        }  # fmt: skip

    found = [c for c in changes(api([]), api(["id"])) if c.verdict != SAFE]
    assert [(c.rule, c.direction) for c in found] == [("DIFF-REQUIRED-01", "response")]


def _with(content: Any, answers: Any) -> dict[str, Any]:
    body = {"required": True, "content": content}
    return {"openapi": "3.1.0", "paths": {"/a": {"post": {
        "requestBody": body, "responses": answers}}}}  # fmt: skip


def _told(old: Any, new: Any) -> set[tuple[str, str, str]]:
    return {(c.rule, c.verdict, c.hurt) for c in changes(old, new)}


LONG, CUT = ({"schema": {**TEXT, "maxLength": n}} for n in (9, 4))


def test_a_range_of_media_types_takes_what_it_covers() -> None:
    def api(**content: Any) -> dict[str, Any]:
        named = {name.replace("_", "/"): value for name, value in content.items()}
        return _with({n.replace("any", "*"): v for n, v in named.items()}, {})

    shorter = ("DIFF-LENGTH-03", BREAKING, "sender")
    assert _told(api(a_b=LONG), api(a_any=CUT)) == {shorter, ("DIFF-MEDIA-02", BREAKING, "reader")}
    assert shorter in _told(api(any_any=LONG), api(any_any=CUT))
    narrowed = _told(api(any_any=LONG), api(application_json=LONG))
    assert narrowed == {("DIFF-MEDIA-01", BREAKING, "sender")}
    wanted = {"a/b;version=1": LONG}, {"a/b;version=2": LONG}
    assert {c[0] for c in _told(*(_with(c, {}) for c in wanted))} == {
        "DIFF-MEDIA-01", "DIFF-MEDIA-02",
    }  # fmt: skip
    same = {"application/json": LONG}, {"application/json; charset=utf-8": LONG}
    assert _told(*(_with(c, {}) for c in same)) == set()


@pytest.mark.parametrize("status", ["404", "4XX"])
def test_a_status_meets_its_range(status: str) -> None:
    def api(name: str, media: Any) -> dict[str, Any]:
        return _with({}, {name: {"description": ".", "content": {"a/b": media}}})

    found = _told(api(status, LONG), api("default", CUT))
    assert ("DIFF-LENGTH-03", BREAKING, "sender") in found
    found = _told(api("default", CUT), api(status, LONG))
    assert ("DIFF-LENGTH-04", BREAKING, "reader") in found


def _secured(*alternatives: Any, url: str = "https://example.org/token") -> dict[str, Any]:
    document = deepcopy(API)
    document["security"] = list(alternatives)
    flow = {"tokenUrl": url, "scopes": {}}
    document["components"]["securitySchemes"]["o"] = {
        "type": "oauth2", "flows": {"clientCredentials": flow},
    }  # fmt: skip
    return document


def test_scopes_and_alternatives() -> None:
    lost, won = ("DIFF-SECURITY-01", BREAKING, "sender"), ("DIFF-SECURITY-02", BREAKING, "reader")
    one, two = _secured({"o": ["a"]}), _secured({"o": ["a", "b"]})
    assert _told(two, one) == {won}
    assert _told(one, two) == {lost}
    both, either = _secured({"o": [], "key": []}), _secured({"o": []}, {"key": []})
    assert _told(both, either) == {won}
    assert _told(either, both) == {lost}
    elsewhere = _secured({"o": ["a"]}, url="https://example.org/other")
    assert _told(one, elsewhere) == {("DIFF-SECURITY-03", UNKNOWN, "nobody")}


def test_what_is_called_back_hurts_the_other_way_round() -> None:
    def api(schema: Any, where: str) -> dict[str, Any]:
        told = {"post": {"requestBody": {"required": True, "content": {"a/b": schema}},
                         "responses": {}}}  # fmt: skip
        if where == "webhooks":
            return {"openapi": "3.1.0", "webhooks": {"told": told}}
        called = {"told": {"{$request.body#/url}": told}}
        return {"openapi": "3.1.0", "paths": {"/a": {"get": {"callbacks": called}}}}

    for where in ("webhooks", "callbacks"):
        (change,) = changes(api(LONG, where), api(CUT, where))
        assert (change.verdict, change.hurt, change.roles) == (BREAKING, "sender", ("server",))


def test_what_another_path_takes_is_not_shown_as_lost() -> None:
    new = _edited(("paths", "/bells"), None)
    new["paths"]["/{anything}"] = {"get": {"operationId": "any", "responses": {}}}
    found = {c.rule: c.verdict for c in changes(API, new)}
    assert found["DIFF-OPERATION-01"] == UNKNOWN
