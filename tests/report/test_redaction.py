from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobstd.conformance.redaction import MASK, Redactor, personal_members
from mobstd.conformance.report.exchanges import to_json
from mobstd.judging.exchange import Exchange, Request, Response

from .samples import SECRET, sample

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


def exchanged(body: Any, **request: Any) -> dict[str, Any]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = Request("GET", "/a", **request)
    return to_json(Exchange("x1", "getA", "control", AT, sent, Response(200, (), raw)))


def bodies(redactor: Redactor, body: Any) -> Any:
    return redactor.exchange(exchanged(body))["response"]["body"]


PEOPLE = [
    {"id": "u-1", "alias": "Maëlle B.", "phone": "+33612345678", "born": "1990-05-12"},
    {"id": "u-2", "alias": "Łukasz", "phone": "06 12 34 56 78", "email": "lu.kasz@mail.example"},
    {"id": "u-1", "alias": "Maëlle B.", "picture": "https://cdn.example.org/p/42.jpg"},
]
PATTERNS = ["/**/id", "/**/alias", "/**/phone", "/**/born", "/**/email", "/**/picture"]


def test_persons_become_pseudonyms_of_the_same_shape() -> None:
    out = bodies(Redactor(PATTERNS), PEOPLE)
    assert out[0]["alias"] != "Maëlle B."
    assert re.fullmatch(r"[A-Z][a-z][^\W\d_A-Za-z][a-z]{3} [A-Z]\.", out[0]["alias"])
    assert re.fullmatch(r"\+33[0-9]{9}", out[0]["phone"])
    assert re.fullmatch(r"06 [0-9]{2} [0-9]{2} [0-9]{2} [0-9]{2}", out[1]["phone"])
    datetime.strptime(out[0]["born"], "%Y-%m-%d")  # noqa: DTZ007
    assert re.fullmatch(r"[a-z]{2}\.[a-z]{4}@[a-z]{4}\.[a-z]{7}", out[1]["email"])
    assert re.fullmatch(
        r"https://[a-z]{3}\.[a-z]{7}\.[a-z]{3}/[a-z]/[1-9][0-9]\.[a-z]{3}", out[2]["picture"]
    )


def test_equal_stays_equal_and_different_different() -> None:
    out = bodies(Redactor(PATTERNS), PEOPLE)
    assert out[0]["id"] == out[2]["id"] != out[1]["id"]
    assert out[0]["alias"] == out[2]["alias"]


@given(st.lists(st.text(min_size=2, max_size=6), min_size=1, max_size=20))
def test_pseudonyms_keep_length_kind_and_equalities(names: list[str]) -> None:
    out = bodies(Redactor(["/*"]), names)
    assert [len(a) for a in names] == [len(b) for b in out]
    for a, b in zip(names, out, strict=True):
        assert [c.isalpha() for c in a] == [c.isalpha() for c in b]
        assert [c.isupper() for c in a if c.isascii()] == [c.isupper() for c in b if c.isascii()]
    same = {(a, b) for a, b in zip(names, out, strict=True)}
    assert len(same) == len(set(names))


def test_pseudonyms_say_nothing_about_the_value() -> None:
    one = bodies(Redactor(["/*"], seed=4), ["Anna Kern", "Bert Holz"])
    other = bodies(Redactor(["/*"], seed=4), ["Cleo Marx", "Dora Wind"])
    assert one == other


def test_the_same_run_gets_the_same_pseudonyms() -> None:
    assert sample("non-conforming") == sample("non-conforming")
    assert bodies(Redactor(PATTERNS, seed=1), PEOPLE) == bodies(Redactor(PATTERNS, seed=1), PEOPLE)
    assert bodies(Redactor(PATTERNS, seed=1), PEOPLE) != bodies(Redactor(PATTERNS, seed=2), PEOPLE)


@pytest.mark.parametrize("value", [None, True, "", {}, [], "F", 5])
def test_what_names_nobody_stays(value: Any) -> None:
    assert bodies(Redactor(["/name"]), {"name": value}) == {"name": value}


@pytest.mark.parametrize("value", [42, 1012, 3.25, -7])
def test_numbers_keep_their_size(value: float) -> None:
    out = bodies(Redactor(["/n", "/m"]), {"n": value, "m": value})
    assert type(out["n"]) is type(value)
    assert len(str(out["n"])) == len(str(value))
    assert out["n"] == out["m"]


def test_whole_objects_are_replaced_inside() -> None:
    out = bodies(Redactor(["/driver"]), {"driver": {"names": ["Zoé"], "age": 31}, "seats": 3})
    assert out["seats"] == 3
    assert out["driver"]["names"] != ["Zoé"]
    assert len(out["driver"]["names"][0]) == 3


def test_uuids_stay_uuids() -> None:
    value = "123e4567-e89b-42d3-a456-426614174000"
    out = bodies(Redactor(["/id"]), {"id": value})["id"]
    assert out != value
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", out)


def test_a_body_that_does_not_parse_is_searched_for_personal_members() -> None:
    out = bodies(Redactor(["/**/alias"]), b'[{"alias": "Zo\\u00e9 B.", "seats": 3}, {"alias": "Id')
    assert re.match(r'\[\{"alias": "[A-Z][a-z][^a-z] [A-Z]\.", "seats": 3\}', out)
    assert "Zo" not in out
    assert '"seats": 3' in out


def test_the_schemas_say_who_is_a_person() -> None:
    schemas = [
        {"properties": {"alias": {"type": "string", "x-personal": True}, "seats": {}}},
        {"$defs": {"u": {"properties": {"a/b": {"x-personal": True}}}}},
        {"properties": {"x-personal": {"type": "boolean"}, "alias": {"x-personal": True}}},
    ]
    assert personal_members(schemas) == ("/**/alias", "/**/a~1b")
    assert bodies(Redactor(personal_members(schemas)), {"a/b": "Zoé"})["a/b"] != "Zoé"


def test_names_are_replaced_wherever_a_finding_says_them() -> None:
    redactor = Redactor(["/*/alias"])
    alias = bodies(redactor, [{"alias": "Idriss K."}])[0]["alias"]
    finding = redactor.finding(
        {
            "pointer": "/response/body/0/alias",
            "expected": "minLength 12",
            "received": "Idriss K.",
            "message": {
                "code": "c",
                "params": {"who": "Idriss K."},
                "en": "Idriss K. is short",
                "fr": "x",
            },
            "curl": "curl 'http://a?name=Idriss K.'",
        }
    )
    assert "Idriss" not in json.dumps(finding)
    assert finding["received"] == alias
    assert finding["expected"] == "minLength 12"
    assert finding["message"]["en"] == f"{alias} is short"


def test_an_object_that_a_finding_shows_is_read_by_its_place() -> None:
    redactor = Redactor(["/*/driver/alias"])
    finding = {"pointer": "/response/body/3/driver", "received": {"alias": "Noémie", "grade": 4}}
    assert redactor.finding(finding)["received"]["alias"] != "Noémie"
    assert redactor.finding(finding)["received"]["grade"] == 4


SECRETS = {"KEY": SECRET}


def test_a_secret_is_nowhere() -> None:
    data = exchanged(
        {"echo": f"you sent {SECRET}", SECRET: [SECRET]},
        query=(("k", SECRET), ("apikey", "public")),
        headers=(("X-Partner", f"id={SECRET}"), ("Authorization", "Bearer abc"), ("X-Mine", "zz")),
    )
    out = Redactor(secrets=SECRETS, headers=["X-Mine"]).exchange(data)
    assert SECRET not in json.dumps(out)
    assert out["request"]["headers"] == [
        ["X-Partner", f"id={MASK}"],
        ["Authorization", f"Bearer {MASK}"],
        ["X-Mine", MASK],
    ]
    assert out["request"]["query"] == [["k", MASK], ["apikey", MASK]]
    assert out["response"]["body"] == {"echo": f"you sent {MASK}", MASK: [MASK]}
    assert "sha256" not in out["response"]


def test_a_secret_in_a_url_and_in_bytes() -> None:
    redactor = Redactor(secrets=SECRETS)
    assert (
        SECRET.encode()
        not in json.dumps(redactor.exchange(exchanged(b"\xff" + SECRET.encode()))).encode()
    )
    assert redactor.anywhere("http://a/?k=s3cr3t%2Fkey%3D42") == f"http://a/?k={MASK}"


def test_a_short_secret_does_not_eat_the_report() -> None:
    redactor = Redactor(secrets={"KEY": "a"})
    assert redactor.anywhere("banana") == "banana"
    assert redactor.anywhere("a") == MASK


def test_a_wrong_key_of_ours_can_be_seen() -> None:
    data = exchanged([], headers=(("X-API-Key", "mobstd-wrong"),)) | {"authenticated": False}
    assert Redactor(secrets=SECRETS).exchange(data)["request"]["headers"][0][1] == "mobstd-wrong"
    somebody = data | {"purpose": "traffic"}
    assert Redactor(secrets=SECRETS).exchange(somebody)["request"]["headers"][0][1] == MASK


def test_the_hash_of_a_body_stays_where_nobody_is_in_it() -> None:
    assert "sha256" in Redactor(PATTERNS).exchange(exchanged([{"seats": 3}]))["response"]
    assert "sha256" not in Redactor(PATTERNS).exchange(exchanged(PEOPLE))["response"]


def test_personal_parameters() -> None:
    data = exchanged([], query=(("name", "Idriss"), ("seats", "3")))
    out = Redactor(parameters=["name"]).exchange(data)["request"]["query"]
    assert out[0][1] != "Idriss"
    assert out[1] == ["seats", "3"]


def test_a_finished_report_has_neither_persons_nor_secrets() -> None:
    text = json.dumps(sample("non-conforming"), ensure_ascii=False)
    for person in ("Maëlle", "Idriss", "Łukasz", "pictures.example.org"):
        assert person not in text
    assert SECRET not in text
    assert "$OPERATOR_KEY" in text


def test_only_cited_exchanges_are_kept() -> None:
    report = sample("interrupted")
    assert list(report["exchanges"]) == ["x1"]
    cited = {
        n
        for r in sample("non-conforming")["requirements"]
        for f in r["findings"]
        for n in f["exchanges"]
    }
    assert cited == set(sample("non-conforming")["exchanges"])


def test_json_in_a_text_is_read_too() -> None:
    kept = '{"subject":"Maëlle B.","history":[{"alias":"Maëlle B."}],"n": 1}'
    redactor = Redactor(["/**/subject", "/**/alias"])
    out = bodies(redactor, {"alias": "Maëlle B.", "data": kept, "other": '["{ no JSON"'})
    held = json.loads(out["data"])
    assert held["subject"] == held["history"][0]["alias"] == out["alias"] != "Maëlle B."
    assert (held["n"], out["other"]) == (1, '["{ no JSON"')
    assert bodies(redactor, {"data": '{"n": 1}'})["data"] == '{"n": 1}'
    assert "Maëlle" not in json.dumps(bodies(redactor, {"data": kept[:-1]}), ensure_ascii=False)


def test_a_refusal_and_a_path_name_nobody_that_is_known() -> None:
    redactor = Redactor(["/**/subject"])
    name = bodies(redactor, {"subject": "camille-exemple"})["subject"]
    sent = Request("GET", "/persons/camille-exemple")
    refusal = json.dumps({"detail": "camille-exemple is gone"}).encode()
    shown = {}
    for status in (200, 404):
        answer = Response(status, (), refusal)
        one = to_json(Exchange("x1", "getA", "traffic", AT, sent, answer))
        shown[status] = redactor.known(redactor.exchange(one))
    assert shown[404]["request"]["path"] == f"/persons/{name}"
    assert shown[404]["response"]["body"]["detail"] == f"{name} is gone"
    assert "sha256" not in shown[404]["response"]
    assert shown[200]["response"]["body"]["detail"] == "camille-exemple is gone"


def test_what_is_personal_in_some_operations_stays_in_the_others() -> None:
    redactor = Redactor(said={"getA": ["/**/answers/**"]})
    body = {"answers": {"name": "Maëlle B.", "uses": ["work"], "told": True}, "name": "Camille"}
    shown = bodies(redactor, body)
    assert shown["answers"].keys() == body["answers"].keys()
    assert shown["answers"]["told"] is True
    assert "Maëlle" not in json.dumps(shown, ensure_ascii=False)
    assert shown["name"] == "Camille"
    found = {"operation": "getA", "pointer": "/response/body/answers/uses/0", "received": "work"}
    assert redactor.finding(found)["received"] == shown["answers"]["uses"][0] != "work"
    other = {**exchanged(body), "operation": "getB"}
    assert Redactor(said={"getA": ["/**/answers/**"]}).exchange(other)["response"]["body"] == body
