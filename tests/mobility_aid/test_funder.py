"""The reference funder: who is let in, what is whose, what a state allows, what is proven."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import timedelta
from itertools import product
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import anyio
import httpx
import pytest
from joserfc.jwk import ECKey
from joserfc.jwt import encode

from mobstd.canon.files import load
from mobstd.conformance.profile import Profile
from mobstd.conformance.run import Options, check
from mobstd.errors import ConfigError, RefusedDocument, UnknownName
from mobstd.judging.exchange import Request
from mobstd.judging.pointer import MISSING, get
from mobstd.mobility_aid.funder import build
from mobstd.mobility_aid.funder.asking import OPERATION_SCOPES, SCOPES, Caller
from mobstd.mobility_aid.funder.authority import LocalAuthority, RemoteAuthority, Unstamped
from mobstd.mobility_aid.funder.issuer import new_key
from mobstd.mobility_aid.funder.registering import Claim
from mobstd.mobility_aid.funder.sealing import Tampered, open_sealed
from mobstd.mobility_aid.funder.states import table
from mobstd.mobility_aid.timestamps import canonical, read_token
from mobstd.serving.faults import load_faults, load_twins, of_role
from mobstd.serving.hosting import hosted
from mobstd.transport.asgi import AsgiSender
from mobstd.validation.evidence import verify_evidence

from .documents import VERSION
from .funders import (
    ANSWERS,
    CARPOOL,
    CITY,
    DEPARTMENT,
    METROPOLIS,
    PAID,
    TOWN,
    Asked,
    document,
    new_id,
    request,
)

STEPS: dict[str, dict[str, Any]] = {
    "draft": {"to": "draft"},
    "submitted": {"to": "submitted"},
    "granted": PAID,
    "rejected": {"to": "rejected", "code": "documentMissing"},
    "withdrawn": {"to": "withdrawn"},
    "revoked": {"to": "revoked", "code": "notBought", "text": "It was given back."},
}
WAYS = {
    "draft": (),
    "submitted": ("submitted",),
    "granted": ("submitted", "granted"),
    "rejected": ("submitted", "rejected"),
    "withdrawn": ("withdrawn",),
    "revoked": ("submitted", "granted", "revoked"),
}


@pytest.fixture(scope="module")
def asked() -> Asked:
    return Asked()


def problem(answer: Any, status: int) -> Any:
    assert answer.status == status, answer.body
    assert answer.header("content-type") == "application/problem+json"
    return answer.json


def named(answer: Any, status: int) -> str:
    return str(problem(answer, status)["type"]).rpartition("/")[2]


def codes(answer: Any, status: int = 422) -> list[tuple[str, str]]:
    return [(one["pointer"], one["code"]) for one in problem(answer, status)["errors"]]


def test_every_state_and_every_step_is_as_the_table_says(asked: Asked) -> None:
    terms = {"reopens": True}
    agent = asked.funder()
    for number, (state, to) in enumerate(product(WAYS, STEPS)):
        person = f"person-{number}"
        id_ = asked.begun(by=agent, subject=person)
        for way in WAYS[state]:
            assert asked.step(id_, STEPS[way], by=agent).status == 200
        before = asked.read(id_, by=agent)
        answer = asked.step(id_, STEPS[to], by=agent)
        if table().step(state, to, terms):
            assert (answer.status, answer.json["state"]) == (200, to)
            continue
        told = problem(answer, 409)
        assert (told["state"], told["allowed"]) == (state, table().allowed(state, terms))
        assert asked.read(id_, by=agent) == before


def test_a_person_submits_and_a_funder_decides(asked: Asked) -> None:
    id_ = asked.begun(TOWN)
    assert asked.step(id_, "submitted").json["allowed"] == ["granted", "rejected", "withdrawn"]
    assert asked.step(id_, PAID).status == 403
    assert asked.step(id_, PAID, by=asked.funder(CITY)).status == 200
    told = asked.read(id_)
    assert told["decision"]["payment"] == PAID["payment"]
    assert [(e["event"], e["actor"]) for e in told["history"]] == [
        ("created", "person"),
        ("submitted", "person"),
        ("granted", "funder"),
    ]
    assert named(asked.step(id_, "withdrawn"), 409) == "wrong-state"


def test_only_where_an_aid_says_so_is_it_opened_again(asked: Asked) -> None:
    town, city = asked.begun(TOWN), asked.funder(CITY)
    asked.step(town, "submitted")
    asked.step(town, STEPS["rejected"], by=city)
    assert asked.step(town, "draft").status == 409
    bike = asked.begun(by=asked.person("reopens"))
    asked.step(bike, "submitted", by=asked.person("reopens"))
    asked.step(bike, STEPS["rejected"], by=asked.funder())
    opened = asked.step(bike, "draft", by=asked.person("reopens")).json
    assert "decision" not in opened
    assert [e.get("decision", {}).get("outcome") for e in opened["history"]][2:] == [
        "rejected",
        None,
    ]


def test_the_same_request_is_the_same_subscription(asked: Asked) -> None:
    made = request(TOWN)
    first = asked("POST", "/subscriptions", made)
    asked.step(made["id"], "submitted")
    again = asked("POST", "/subscriptions", made)
    assert (first.status, again.status, again.json["state"]) == (201, 200, "submitted")
    other = {**made, "consent": {"given": True, "version": "2026-02"}}
    assert named(asked("POST", "/subscriptions", other), 409) == "id-taken"
    foreign = asked("POST", "/subscriptions", made, by=asked.person("dominique"))
    assert named(foreign, 409) == "id-taken"
    assert "state" not in foreign.json


def test_a_limit_names_what_the_person_has(asked: Asked) -> None:
    by = asked.person("limited")
    id_ = asked.begun(by=by)
    refused = asked("POST", "/subscriptions", request(), by=by)
    assert named(refused, 409) == "limit-reached"
    assert refused.json["existing"] == id_
    asked.step(id_, "withdrawn", by=by)
    asked.begun(by=by)


def test_persons_and_funders_see_what_is_theirs(asked: Asked) -> None:
    camille, dominique = asked.person("c-1"), asked.person("d-1")
    id_ = asked.begun(by=camille)
    file = asked.uploaded(by=camille)
    for other in (dominique, asked.funder(CITY)):
        for method, path, body in (
            ("GET", f"/subscriptions/{id_}", None),
            ("PATCH", f"/subscriptions/{id_}", {"answers": {"frameNumber": "X"}}),
            ("POST", f"/subscriptions/{id_}/steps", {"to": "withdrawn"}),
            ("GET", f"/documents/{file}", None),
        ):
            assert asked(method, path, body, by=other).status == 404
        for path, name in (
            ("/subscriptions", "subscriptions"),
            ("/events", "events"),
            ("/evidence", "evidence"),
        ):
            listed = asked("GET", path, by=other, limit=100).json
            assert id_ not in json.dumps(listed[name])
    assert asked("GET", f"/documents/{file}/content", by=camille).status == 403
    assert asked("GET", f"/documents/{file}/content", by=asked.funder(CITY)).status == 404
    assert (
        asked("POST", "/subscriptions", request(TOWN, subject="x"), by=asked.funder()).status == 404
    )
    assert codes(asked("POST", "/subscriptions", request(subject="x")))[0][0] == "/subject"
    assert codes(asked("POST", "/subscriptions", request(), by=asked.funder()))[0][0] == "/subject"


PATHS = {
    "listSubscriptions": ("GET", "/subscriptions", None),
    "getSubscription": ("GET", f"/subscriptions/{new_id()}", None),
    "getDocument": ("GET", f"/documents/{new_id()}", None),
    "listEvents": ("GET", "/events", None),
    "createSubscription": ("POST", "/subscriptions", request(TOWN)),
    "updateSubscription": ("PATCH", f"/subscriptions/{new_id()}", {"answers": {"a": "1"}}),
    "trySubscription": ("POST", "/trials", request(TOWN)),
    "createDocument": ("POST", "/documents", document()),
    "getDocumentContent": ("GET", f"/documents/{new_id()}/content", None),
    "listEvidence": ("GET", "/evidence", None),
}


@pytest.mark.parametrize("operation", PATHS)
def test_each_operation_asks_for_its_scope(asked: Asked, operation: str) -> None:
    lacking = frozenset(SCOPES) - {OPERATION_SCOPES[operation]}
    token = asked.app.issuer.token(Caller("funder", METROPOLIS, lacking))
    assert named(asked(*PATHS[operation], by=token), 403) == "forbidden"
    assert asked(*PATHS[operation], by=asked.funder()).status != 403


def test_steps_ask_for_the_scope_of_what_they_are(asked: Asked) -> None:
    id_ = new_id()
    for to, wanted in STEPS.items():
        scope = (
            "decisions.write" if to in ("granted", "rejected", "revoked") else "subscriptions.write"
        )
        lacking = Caller("funder", METROPOLIS, frozenset(SCOPES) - {scope})
        assert asked.step(id_, wanted, by=asked.app.issuer.token(lacking)).status == 403
        only = Caller("funder", METROPOLIS, frozenset({scope}))
        assert asked.step(id_, wanted, by=asked.app.issuer.token(only)).status == 404


def forged(asked: Asked, how: str) -> str:
    issuer, camille = asked.app.issuer, Caller("person", "camille")
    right = issuer.token(camille)
    claims = json.loads(base64.urlsafe_b64decode(right.split(".")[1] + "=="))
    match how:
        case "signature":
            return encode({"alg": "ES256"}, claims, ECKey.import_key(new_key()))
        case "algorithm":
            head = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
            return f"{head}.{right.split('.')[1]}."
        case "altered":
            changed = json.dumps({**claims, "sub": "dominique"}).encode()
            middle = base64.urlsafe_b64encode(changed).rstrip(b"=").decode()
            return ".".join((right.split(".")[0], middle, right.split(".")[2]))
        case "issuer":
            return issuer.token(camille, iss="urn:somebody")
        case "audience":
            return issuer.token(camille, aud="urn:somebody")
        case "expired":
            return issuer.token(camille, exp=claims["iat"] - 1)
        case "kind":
            return issuer.token(camille, kind="admin")
    return how


@pytest.mark.parametrize(
    "how",
    ["signature", "algorithm", "altered", "issuer", "audience", "expired", "kind", "nonsense", ""],
)
def test_a_forged_token_is_no_token(asked: Asked, how: str) -> None:
    answer = asked("GET", "/subscriptions", by=forged(asked, how))
    assert named(answer, 401) == "unauthorized"
    assert answer.header("www-authenticate").startswith("Bearer")


def form(asked: Asked, *headers: tuple[str, str], **sent: str) -> Any:
    body = urlencode(sent).encode()
    kind = ("Content-Type", "application/x-www-form-urlencoded")
    with AsgiSender(asked.app) as sender:
        return sender.send(Request("POST", "/token", (), (kind, *headers), body))


def test_back_ends_come_by_client_credentials(asked: Asked) -> None:
    own = {"client_id": METROPOLIS, "client_secret": f"secret-{METROPOLIS}"}
    given = form(asked, grant_type="client_credentials", scope="subscriptions.read", **own).json
    assert asked("GET", "/subscriptions", by=given["access_token"]).status == 200
    assert asked("GET", "/evidence", by=given["access_token"]).status == 403
    basic = base64.b64encode(f"{METROPOLIS}:secret-{METROPOLIS}".encode()).decode()
    header = ("Authorization", f"Basic {basic}")
    assert form(asked, header, grant_type="client_credentials").status == 200
    wrong = form(asked, grant_type="client_credentials", client_id=METROPOLIS, client_secret="x")
    assert (wrong.status, wrong.json["error"]) == (401, "invalid_client")
    more = form(asked, grant_type="client_credentials", scope="admin", **own)
    assert more.json["error"] == "invalid_scope"
    password = form(asked, grant_type="password", username="camille", password="secret")
    assert (password.status, password.json["error"]) == (400, "unsupported_grant_type")
    with AsgiSender(asked.app) as sender:
        told = sender.send(Request("GET", "/.well-known/oauth-authorization-server")).json
    assert "password" not in told["grant_types_supported"]
    assert told["code_challenge_methods_supported"] == ["S256"]


def test_who_discovers_the_issuer_gets_whole_addresses() -> None:
    with hosted(build(), "127.0.0.1", 0) as url:
        told = httpx.get(f"{url}/.well-known/oauth-authorization-server").json()
        assert told["authorization_endpoint"] == f"{url}/authorize"
        assert told["token_endpoint"] == f"{url}/token"
        forged = {"Host": "x/y?z"}
        odd = httpx.get(f"{url}/.well-known/oauth-authorization-server", headers=forged)
        assert "x/y" not in odd.text


def test_persons_come_by_code_and_proof(asked: Asked) -> None:
    verifier, back = "v" * 43, "http://127.0.0.1:9/back"
    proof = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    query = {
        "response_type": "code",
        "code_challenge": proof.rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "login_hint": "camille",
        "redirect_uri": back,
        "scope": "subscriptions.read",
        "state": "s1",
    }

    def code(**changes: str) -> httpx.Response:
        async def asked_for() -> httpx.Response:
            transport = httpx.ASGITransport(app=asked.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://f") as http:
                return await http.get("/authorize", params={**query, **changes})

        return anyio.run(asked_for)

    def exchanged(verifier: str, **changes: str) -> Any:
        found = parse_qs(urlsplit(code().headers["location"]).query)
        assert found["state"] == ["s1"]
        sent = {"code": found["code"][0], "code_verifier": verifier, "redirect_uri": back}
        return form(asked, grant_type="authorization_code", **{**sent, **changes})

    token = exchanged(verifier).json["access_token"]
    assert asked("GET", "/subscriptions", by=token).status == 200
    assert asked("POST", "/subscriptions", request(TOWN), by=token).status == 403
    for answer in (
        exchanged("other"),
        exchanged(verifier, redirect_uri="http://127.0.0.1:9/x"),
        exchanged(verifier, code="x"),
    ):
        assert (answer.status, answer.json["error"]) == (400, "invalid_grant")
    for changes in (
        {"code_challenge_method": "plain"},
        {"redirect_uri": "https://example.org/"},
        {"redirect_uri": "http://127.0.0.1:9/back\r\nX-Evil: 1"},
        {"redirect_uri": "http://127.0.0.1:9/back\n"},
        {"redirect_uri": "\thttp://127.0.0.1:9/back"},
        {"redirect_uri": "http://127.0.0.1:9/é"},
        {"redirect_uri": "http://127.0.0.1:9/#here"},
        {"redirect_uri": "http://127.0.0.1@example.org/"},
        {"redirect_uri": "http://user:x@127.0.0.1/"},
        {"redirect_uri": "httpx://127.0.0.1/"},
        {"redirect_uri": "http://127.0.0.1.example.org/"},
        {"redirect_uri": "http://[::1/"},
        {"redirect_uri": ""},
        {"scope": "decisions.write"},
        {"login_hint": ""},
    ):
        assert code(**changes).status_code == 400


def test_what_an_aid_asks_is_judged(asked: Asked) -> None:
    by = asked.person("judged")

    def told(**answers: Any) -> list[tuple[str, str]]:
        return codes(
            asked("POST", "/subscriptions", request(answers={**ANSWERS, **answers}), by=by)
        )

    assert told(purchaseDate="2023-02-31") == [("/answers/purchaseDate", "date")]
    assert told(uses=["work", "plane"]) == [("/answers/uses/1", "not-offered")]
    assert told(uses=["work", "work"]) == [("/answers/uses/1", "twice")]
    assert told(uses=["work", "school", "leisure"]) == [("/answers/uses", "count")]
    assert told(frameNumber="x" * 41) == [("/answers/frameNumber", "length")]
    assert told(price=1e300) == [("/answers/price", "range")]
    assert told(price="12") == [("/answers/price", "type")]
    assert told(nobody=True) == [("/answers/nobody", "unknown")]
    old = request(consent={"given": True, "version": "2020-01"})
    assert codes(asked("POST", "/subscriptions", old, by=by)) == [
        ("/consent/version", "not-current")
    ]
    id_ = asked.begun(by=by, answers={"purchaseDate": "2026-11-20"})
    assert codes(asked.step(id_, "submitted", by=by)) == [("/answers/uses", "required")]
    assert asked.read(id_, by=by)["state"] == "draft"


def test_a_draft_changes_by_a_merge_patch(asked: Asked) -> None:
    by = asked.person("patched")
    id_ = asked.begun(by=by)
    path = f"/subscriptions/{id_}"
    changed = asked("PATCH", path, {"answers": {"frameNumber": None, "price": 999.5}}, by=by).json
    assert changed["answers"] == {
        "purchaseDate": "2026-11-20",
        "uses": ["work", "school"],
        "price": 999.5,
    }
    for body in ({}, {"answers": {}}, {"state": "granted"}):
        assert asked("PATCH", path, body, by=by).status == 422
    assert codes(asked("PATCH", path, {"answers": {"nobody": None}}, by=by))[0][1] in ("unknown",)
    asked.step(id_, "submitted", by=by)
    assert named(asked("PATCH", path, {"answers": {"price": 1}}, by=by), 409) == "wrong-state"


def test_a_trial_makes_nothing(asked: Asked) -> None:
    by = asked.person("trial")
    made = request()
    assert asked("POST", "/trials", made, by=by).json == {"passes": True, "errors": []}
    assert asked("GET", f"/subscriptions/{made['id']}", by=by).status == 404
    lacking = asked("POST", "/trials", request(answers={}), by=by).json
    assert [e["code"] for e in lacking["errors"]] == ["required", "required"]
    asked.begun(by=by)
    assert asked("POST", "/trials", request(), by=by).json["errors"][0]["code"] == "limit"


def test_lists_have_one_shape_and_pages(asked: Asked) -> None:
    by = asked.person("pages")
    ids = sorted(asked.begun(TOWN, by=by) for _ in range(5))
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = asked("GET", "/subscriptions", by=by, limit=2, **cursor).json
        found += [one["id"] for one in page["subscriptions"]]
        if "next" not in page:
            break
        cursor = {"cursor": page["next"]}
    assert found == ids
    asked.step(ids[0], "withdrawn", by=by)
    only = asked("GET", "/subscriptions", by=by, state="withdrawn,granted").json["subscriptions"]
    assert [one["id"] for one in only] == ids[:1]
    assert only[0] == asked.read(ids[0], by=by)
    assert asked("GET", "/subscriptions", by=by, lastName=".*").status == 400


def test_each_change_is_stamped_and_the_stamp_is_proven(asked: Asked) -> None:
    by, agent = asked.person("proven"), asked.funder()
    id_ = asked.begun(by=by)
    asked("PATCH", f"/subscriptions/{id_}", {"answers": {"price": 12.50}}, by=by)
    asked.step(id_, "submitted", by=by)
    asked.step(id_, PAID, by=agent)
    records = asked("GET", "/evidence", by=by, subscription=id_).json["evidence"]
    history = asked.read(id_, by=by)["history"]
    assert [r["digest"] for r in records] == [e["digest"] for e in history]
    with AsgiSender(asked.app) as sender:
        root = sender.send(Request("GET", "/sandbox/authority.pem")).body
    for record, entry in zip(records, history, strict=True):
        stamp = verify_evidence(record["data"], record["digest"], record["token"], roots=[root])
        assert stamp.time == read_token(record["token"]).at
        assert record["at"] == entry["at"] == stamp.time.isoformat().replace("+00:00", "Z")
        data = json.loads(record["data"])
        assert canonical(data).decode() == record["data"]
        assert data["consent"]["given"] is True
        assert data["entry"]["state"] == entry["state"]


def test_without_a_stamp_nothing_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked()
    id_ = asked.begun()
    before = asked.read(id_)

    def fails(self: Any, digest: str) -> str:
        raise Unstamped

    monkeypatch.setattr(LocalAuthority, "stamp", fails)
    made = request()
    for answer in (
        asked("POST", "/subscriptions", made, by=asked.person("other")),
        asked.step(id_, "submitted"),
        asked("PATCH", f"/subscriptions/{id_}", {"answers": {"price": 1}}),
    ):
        assert named(answer, 503) == "no-time-stamp"
        assert int(answer.header("retry-after")) > 0
    assert asked.read(id_) == before
    assert asked("GET", f"/subscriptions/{made['id']}", by=asked.person("other")).status == 404
    monkeypatch.undo()
    assert asked.step(id_, "submitted").status == 200


def test_an_authority_elsewhere_is_asked_as_rfc_3161_has_it() -> None:
    from mobstd.mobility_aid.timestamps import der
    from mobstd.serving.asgi import Response
    from mobstd.serving.hosting import hosted

    local = LocalAuthority()
    status, other = [200], [False]

    async def served(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        asked = (await receive())["body"]
        digest = asked[-35:-3].hex() if not other[0] else "ab" * 32
        token = base64.b64decode(local.stamp(digest))
        granted = der(0x30, der(0x30, b"\x02\x01\x00"), token)
        await Response(status[0], granted, "application/timestamp-reply").send(send)

    digest = hashlib.sha256(b"x").hexdigest()
    with hosted(served, "127.0.0.1", 0) as url:
        authority = RemoteAuthority(url)
        assert read_token(authority.stamp(digest)).imprint == digest
        other[0] = True
        with pytest.raises(Unstamped):
            authority.stamp(digest)
        other[0], status[0] = False, 500
        with pytest.raises(Unstamped):
            authority.stamp(digest)
    with pytest.raises(Unstamped):
        authority.stamp(digest)


def test_documents_are_what_the_terms_say(asked: Asked) -> None:
    by = asked.person("files")

    def sent(**more: Any) -> Any:
        return asked("POST", "/documents", document(**more), by=by)

    fits = base64.b64encode(b"%PDF-1.7\n".ljust(200_000, b"x")).decode()
    assert sent(content=fits).json["size"] == 200_000
    over = base64.b64encode(b"%PDF-1.7\n".ljust(200_001, b"x")).decode()
    assert problem(sent(content=over), 413)["maxBytes"] == 200_000
    assert named(sent(type="text/html"), 415) == "type-not-taken"
    assert named(sent(content=base64.b64encode(b"<script>").decode()), 422) == "content-differs"
    eicar = base64.b64encode(b"X5O!P%@AP$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").decode()
    assert named(sent(content=eicar), 422) == "infected"
    assert codes(sent(**{"for": "selfie"})) == [("/for", "not-asked")]
    made = document()
    first, again = (asked("POST", "/documents", made, by=by) for _ in range(2))
    assert (first.status, again.status) == (201, 200)
    other = asked("POST", "/documents", {**made, "name": "x.pdf"}, by=by)
    assert named(other, 409) == "id-taken"


def test_a_document_serves_one_subscription_of_its_person(asked: Asked) -> None:
    by = asked.person("used")
    one, two, three = (asked.uploaded(by=by) for _ in range(3))
    too_many = asked("POST", "/subscriptions", request(documents=[one, two, three]), by=by)
    assert codes(too_many) == [("/documents/2", "too-many")]
    id_ = asked.begun(by=by, documents=[one])
    held = asked("GET", f"/documents/{one}", by=by).json
    assert held["subscription"] == id_
    assert "expiresAt" not in held
    foreign = asked("POST", "/subscriptions", request(documents=[two]), by=asked.person("thief"))
    assert codes(foreign) == [("/documents/0", "unknown")]
    path = f"/subscriptions/{id_}"
    assert asked("PATCH", path, {"documents": [two]}, by=by).json["documents"] == [two]
    assert "subscription" not in asked("GET", f"/documents/{one}", by=by).json
    asked.step(id_, "withdrawn", by=by)
    again = asked("POST", "/subscriptions", request(documents=[two]), by=by)
    assert codes(again) == [("/documents/0", "used")]


def test_a_file_is_sealed_for_the_funder(asked: Asked) -> None:
    file = asked.uploaded(by=asked.person("sealed"))
    sealed = asked("GET", f"/documents/{file}/content", by=asked.funder()).json
    with AsgiSender(asked.app) as sender:
        secret = base64.b64decode(sender.send(Request("GET", f"/sandbox/keys/{METROPOLIS}")).body)
        other = base64.b64decode(sender.send(Request("GET", f"/sandbox/keys/{CITY}")).body)
    assert open_sealed(sealed, secret) == b"%PDF-1.7\n"
    text = sealed["sealed"]
    altered = ("B" if text[0] == "A" else "A") + text[1:]
    for wrong, key in (
        ({**sealed, "sealed": altered}, secret),
        ({**sealed, "id": new_id()}, secret),
        (sealed, other),
    ):
        with pytest.raises(Tampered):
            open_sealed(wrong, key)
    held = asked("GET", f"/documents/{file}", by=asked.funder()).json
    assert (held["keyId"], held["keyVersion"]) == (sealed["keyId"], sealed["keyVersion"])


INVOICE = load(VERSION.folder / "examples/valid/invoice/full.json")


def test_an_invoice_adds_up_and_has_its_mapping(asked: Asked) -> None:
    right = {**INVOICE, "seller": {**INVOICE["seller"], "siret": "10000001700010"}}

    def sent(invoice: Any) -> Any:
        made = document(type="application/json", invoice=invoice)
        del made["content"]
        return asked("POST", "/documents", made, by=asked.person("invoices"))

    assert sent(right).status == 201
    assert codes(sent({**right, "total": "1200.01"})) == [("/invoice/total", "sum")]
    assert codes(sent({**right, "tax": "199.00", "total": "1199.00"})) == [("/invoice/tax", "sum")]
    wrong = {**INVOICE["seller"], "siret": "10000001700011"}
    assert codes(sent({**right, "seller": wrong})) == [("/invoice/seller/siret", "siret")]
    line = {**right["lines"][0], "taxRate": "5.5"}
    assert codes(sent({**right, "lines": [line]})) == [("/invoice/lines/0/tax", "rate")]
    for pointer in load(VERSION.folder / "mapping/en16931.yaml")["members"]:
        flat = {**INVOICE, "lines": INVOICE["lines"][0]}
        assert get(flat, pointer) is not MISSING, pointer


def submitted(asked: Asked, journey: str, name: str) -> Any:
    by = asked.person(name)
    id_ = asked.begun(CARPOOL, by=by, answers={"journey": journey})
    return asked.step(id_, "submitted", by=by), id_, by


def test_checks_decide_at_once_and_say_what_they_found(asked: Asked) -> None:
    answer, id_, by = submitted(asked, "trip-1", "auto-1")
    assert (answer.json["state"], answer.json["decision"]["actor"]) == ("granted", "system")
    results = [(r["check"], r["outcome"]) for r in answer.json["checks"]]
    assert results == [("noOther", "passed"), ("journey", "passed")]
    assert answer.json["checks"][1]["reference"]
    assert named(asked.step(id_, "submitted", by=by), 409) == "wrong-state"
    refused, _, _ = submitted(asked, "no-such", "auto-2")
    assert refused.json["decision"]["code"] == "externalRegistryRefused"


def test_an_exclusive_aid_is_refused(asked: Asked) -> None:
    by = asked.person("both")
    bike = asked.begun(by=by)
    asked.step(bike, "submitted", by=by)
    answer, _, _ = submitted(asked, "trip-2", "both")
    assert answer.json["decision"]["code"] == "alreadyGranted"
    assert [r["outcome"] for r in answer.json["checks"]] == ["failed"]


def test_a_registry_that_is_away_or_not_ready_changes_nothing(asked: Asked) -> None:
    answer, id_, by = submitted(asked, "outage-1", "auto-3")
    assert named(answer, 503) == "registry-away"
    assert answer.header("retry-after")
    assert asked.read(id_, by=by)["state"] == "draft"
    early, id_, by = submitted(asked, "early-1", "auto-4")
    assert named(early, 409) == "too-early"
    assert early.json["notBefore"] == "2099-01-01T00:00:00Z"
    assert [e["event"] for e in asked.read(id_, by=by)["history"]] == ["created"]


def test_a_registration_of_ones_own_is_a_success() -> None:
    known: dict[str, str] = {}

    def registry(claim: Claim) -> str:
        known.setdefault(claim.stated, claim.subscription)
        assert known[claim.stated] == claim.subscription
        return f"r-{claim.subscription}"

    asked = Asked(options={"registry": registry})
    answer, id_, _ = submitted(asked, "trip", "own")
    assert answer.json["checks"][1]["reference"] == f"r-{id_}"


def test_time_ends_drafts_and_forgets_what_is_over() -> None:
    asked = Asked()
    draft, done = asked.begun(), asked.begun(TOWN)
    file = asked.uploaded()
    asked.step(done, "withdrawn")
    asked.clock.at += timedelta(days=31)
    told = asked.read(draft)
    assert (told["state"], told["history"][-1]["actor"], told["allowed"]) == (
        "expired",
        "system",
        [],
    )
    assert asked("GET", f"/documents/{file}").status == 404
    assert asked.read(done)["state"] == "withdrawn"
    asked.clock.at += timedelta(days=3 * 365)
    assert asked("GET", f"/subscriptions/{done}").status == 404
    assert done not in json.dumps(asked("GET", "/events", limit=100).json["events"])


def field(key: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "label": "x", "type": "text", "required": True, **more}


def test_terms_that_cannot_hold_are_not_published(tmp_path: Any) -> None:
    def published(**changes: Any) -> None:
        terms = load(VERSION.folder / "examples/valid/terms/full.json")
        file = tmp_path / "terms.json"
        file.write_text(json.dumps([{**terms, **changes}]))
        build(data=file)

    published()
    with pytest.raises(RefusedDocument):
        published(checkMode="automatic")
    with pytest.raises(RefusedDocument):
        published(funder="x")
    proof = {"id": "proof", "kind": "carpool-proof"}
    published(checks=[{**proof, "field": "place"}], fields=[field("place")])
    for fields in ([field("place", required=False)], [field("place", type="number")], []):
        with pytest.raises(RefusedDocument) as told:
            published(checks=[{**proof, "field": "place"}], fields=fields)
        assert "/checks/0/field" in str(told.value)
    with pytest.raises(ConfigError):
        build(api_keys=["a", "b", "c", "d"])
    with pytest.raises(ConfigError):
        build(stamps="ftp://example.org")
    with pytest.raises(UnknownName):
        build(behaviours=["sleeps"])


def test_an_expired_key_is_told_at_publication_and_at_upload() -> None:
    from mobstd.mobility_aid.funder.sealing import FunderKey
    from mobstd.mobility_aid.funder.terms import published, terms_of

    asked = Asked()
    asked.clock.at += timedelta(days=366)
    answer = asked("POST", "/documents", document())
    assert named(answer, 422) == "no-funder-key"
    old = FunderKey("k", 1, b"x" * 32, asked.clock.at)
    with pytest.raises(RefusedDocument):
        published(terms_of(None), {METROPOLIS: old}, asked.clock.at)


def test_with_keys_of_its_own_there_is_no_issuer_for_everybody() -> None:
    asked = Asked(options={"api_keys": ["one", "two"]})
    assert asked("GET", "/subscriptions", by="one").status == 200
    for path in (
        "/token",
        "/sandbox/tokens",
        "/sandbox/authority.pem",
        f"/sandbox/keys/{DEPARTMENT}",
    ):
        assert asked("POST", path, {"funder": METROPOLIS}, by="").status == 404
        assert asked("GET", path, by="").status == 404
    assert "one" not in re.sub("none", "", repr(asked.app.issuer))


BLOCKS = ("terms", "subscriptions", "documents", "trials", "events", "evidence")


def report(tmp_path: Any, *behaviours: str) -> Any:
    app = build(api_keys=["one", "two"], behaviours=behaviours)
    own, other = ((("Authorization", f"Bearer {key}"),) for key in ("one", "two"))
    profile = Profile(
        target="http://app.localhost", standard=str(VERSION), role="funder", blocks=BLOCKS
    )
    options = Options(
        credentials=own,
        second=other,
        allow_writes=True,
        journal=str(tmp_path / "writes"),
        sleep=lambda _: None,
    )
    with AsgiSender(app) as sender:
        return check(sender, profile, options)


def outcomes(found: Any, *wanted: str) -> list[str]:
    return [row["id"] for row in found["requirements"] if row["outcome"] in wanted]


def test_the_reference_conforms(tmp_path: Any) -> None:
    found = report(tmp_path)
    assert found["verdict"] == "conforming"
    assert outcomes(found, "failed", "warned", "inconclusive") == []
    assert len(outcomes(found, "passed")) == 42
    assert {block["verdict"] for block in found["blocks"]} == {"conforming"}


def test_wrong_funders_are_found(tmp_path: Any) -> None:
    found = report(tmp_path, "shows-all", "no-limit", "rejects-what-is-granted")
    assert set(outcomes(found, "failed")) == {
        "AID-SUB-03",
        "AID-SUB-04",
        "AID-SUB-12",
        "AID-SUB-15",
    }


def test_every_checked_row_has_a_fault() -> None:
    faults = of_role(load_faults(VERSION), VERSION, "funder")
    rows = load(VERSION.conformance / "requirements.yaml")
    checked = {row["id"] for row in rows if "funder" in row["roles"] and "checks" in row}
    assert {fault.requirement for fault in faults} == checked
    assert len(of_role(load_twins(VERSION), VERSION, "funder")) >= 9
