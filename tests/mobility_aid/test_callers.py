"""Who calls a catalogue or a funder is judged: ours passes, one that does not fails by name."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mobstd.canon.standard import find
from mobstd.conformance.traffic.account import About, account
from mobstd.conformance.traffic.hearing import CALLER, Hearing
from mobstd.judging.exchange import Exchange, Request, Response

ID = "0f0e0d0c-0000-4000-8000-000000000001"
SERVE = [sys.executable, "-m", "mobstd", "serve", "mobility-aid@0.1"]
TOKEN = """
def token(**who):
    given = httpx.post(os.environ["MOBSTD_URL"] + "/sandbox/tokens", json=who).json()
    return given["access_token"]
"""

READS = """
import os
from mobstd.mobility_aid.v0_1 import Client, EvaluationRequest, Situation
from mobstd.mobility_aid.generated.v0_1.queries import (
    AidsQuery, ChangesQuery, EvaluateAidQuery, TerritoriesQuery,
)

person = {"person.age": 34, "residence.commune": "01053", "vehicle.priceInclTax": "1000"}
situation = {"date": "2026-11-23", "answers": person}
with Client(os.environ["MOBSTD_URL"]) as client:
    client.get_catalogue()
    client.list_territories(TerritoriesQuery(limit=100))
    page = client.list_aids(AidsQuery(limit=2, mode=["e-bike", "bike"]))
    if page.next:
        client.list_aids(AidsQuery(limit=2, cursor=page.next))
    client.get_aid(page.aids[0].id)
    client.list_changes(ChangesQuery(after=0))
    client.evaluate_aid(EvaluateAidQuery(id=page.aids[0].id), Situation.read(situation))
    client.evaluate_aids(EvaluationRequest.read({"situation": situation}))
"""

READS_WRONGLY = """
import os, httpx
with httpx.Client(base_url=os.environ["MOBSTD_URL"]) as http:
    http.get("/aids", params={"place": "33119"})
    http.get("/aids", params={"limit": 5000})
    http.get("/aids", params={"household.referenceTaxIncome": "15432", "sort": "title"})
    http.get("/catalogue", params={"access_token": "a-token-of-somebody"})
    http.post("/evaluations", json={"situation": {"answers": {"residence.commune": 1053}}})
"""

SUBSCRIBES = f"""
import os, httpx
from mobstd.mobility_aid.subscribing import begin, change, new_id, step, upload
from mobstd.mobility_aid.v0_1 import (
    DocumentUpload, EventsQuery, EvidenceQuery, FunderClient, SubscriptionRequest,
    SubscriptionsQuery, SubscriptionStep, SubscriptionUpdate, TermsQuery,
)
{TOKEN}
def bearer(**who):
    kept = token(**who)
    return lambda request: {{"Authorization": "Bearer " + kept}}

url, bike = os.environ["MOBSTD_URL"], "exemple-metropole-vae"
file = DocumentUpload.read({{
    "id": new_id(), "aid": bike, "for": "invoice", "name": "facture.pdf",
    "type": "application/pdf", "content": "JVBERi0xLjcK",
}})
wanted = SubscriptionRequest.read({{
    "id": new_id(), "aid": bike, "consent": {{"given": True, "version": "2026-01"}},
    "answers": {{"purchaseDate": "2026-11-20", "uses": ["work", "school"]}},
    "documents": [file.id],
}})
submitted = SubscriptionStep(to="submitted")
granted = SubscriptionStep.read({{
    "to": "granted", "payment": {{"type": "once", "amount": "400", "currency": "EUR"}},
}})
with FunderClient(url, auth=bearer(person="camille-exemple")) as camille:
    camille.list_terms(TermsQuery(limit=10))
    upload(camille, file)
    camille.try_subscription(wanted)
    begun = begin(camille, wanted)
    begin(camille, wanted)
    change(camille, begun.id, SubscriptionUpdate.read({{"answers": {{"frameNumber": "MB-7"}}}}))
    step(camille, begun.id, submitted)
    camille.get_subscription(begun.id)
with FunderClient(url, auth=bearer(funder="100000017")) as metropolis:
    metropolis.list_subscriptions(SubscriptionsQuery(state=["submitted"], limit=10))
    step(metropolis, begun.id, granted)
    metropolis.list_events(EventsQuery(after=0))
    metropolis.list_evidence(EvidenceQuery(subscription=begun.id))
"""

SUBSCRIBES_WRONGLY = f"""
import os, httpx
{TOKEN}
ids = ["0f0e0d0c-0000-4000-8000-00000000000%d" % n for n in (1, 2)]
kept = token(funder="100000017")
known = {{"Authorization": "Bearer " + kept}}
right = {{
    "id": ids[0], "aid": "exemple-metropole-vae", "subject": "camille-exemple",
    "consent": {{"given": True, "version": "2026-01"}}, "answers": {{"frameNumber": "MB-7"}},
}}
with httpx.Client(base_url=os.environ["MOBSTD_URL"], headers=known) as http:
    http.post("/subscriptions", json=right)
    http.post("/subscriptions", json=right | {{"subject": "dominique-exemple"}})
    http.post("/subscriptions", json=right | {{"id": ids[1], "consent": {{"given": "true"}}}})
    http.post("/subscriptions/" + ids[0] + "/steps", json={{"to": "withdrawn"}})
    http.post("/subscriptions/" + ids[0] + "/steps", json={{"to": "draft"}})
    http.get("/subscriptions", params={{"access_token": kept}})
    http.get("/evidence", params={{"subject": "camille-exemple"}})
httpx.get(os.environ["MOBSTD_URL"] + "/events")
"""


@dataclass(frozen=True)
class Heard:
    """What a report says of those who called."""

    code: int
    report: dict[str, Any]
    text: str
    said: str

    def rows(self, outcome: str) -> set[str]:
        return {row["id"] for row in self.report["requirements"] if row["outcome"] == outcome}

    def blocks(self) -> dict[str, str]:
        return {block["id"]: block["verdict"] for block in self.report["blocks"]}


def heard(folder: Path, script: str, *options: str) -> Heard:
    report, program, page = folder / "report.json", folder / "call.py", folder / "report.html"
    program.write_text(script, "utf-8")
    done = subprocess.run(
        [
            *(*SERVE, *options, "--port", "0", "--judge", str(report), "--html", str(page)),
            *("--", sys.executable, str(program)),
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "NO_COLOR": "1", "XDG_DATA_HOME": str(folder)},
        timeout=120,
    )
    text = report.read_text("utf-8")
    shown = text + page.read_text("utf-8") + done.stdout + done.stderr
    return Heard(done.returncode, json.loads(text), shown, done.stdout + done.stderr)


def test_our_client_calls_a_catalogue_rightly(tmp_path: Path) -> None:
    found = heard(tmp_path, READS)
    assert found.code == 0, found.said
    assert not found.rows("failed") | found.rows("warned")
    named = {name for name, verdict in found.blocks().items() if verdict == "conforming"}
    assert named >= {"aids", "catalogue", "changes", "evaluation"}


def test_who_calls_a_catalogue_wrongly_is_told_so(tmp_path: Path) -> None:
    found = heard(tmp_path, READS_WRONGLY)
    assert found.code == 1, found.said
    assert found.rows("failed") == {
        "AID-DAT-03",
        "AID-CAT-03",
        "AID-CAT-05",
        "AID-CAT-09",
        "AID-CAT-14",
    }
    assert found.rows("warned") == {"AID-CAT-11"}
    assert "a-token-of-somebody" not in found.text


def test_our_client_subscribes_rightly(tmp_path: Path) -> None:
    found = heard(tmp_path, SUBSCRIBES, "--role", "funder")
    assert found.code == 0, found.said
    assert not found.rows("failed") | found.rows("warned")
    named = {name for name, verdict in found.blocks().items() if verdict == "conforming"}
    assert named == {"terms", "subscriptions", "documents", "trials", "events", "evidence"}
    assert {one["verdict"] for one in found.report["callers"]} == {"conforming"}


def test_who_subscribes_wrongly_is_told_so_and_nobody_is_named(tmp_path: Path) -> None:
    found = heard(tmp_path, SUBSCRIBES_WRONGLY, "--role", "funder")
    assert found.code == 1, found.said
    assert found.rows("failed") == {
        "AID-SUB-01",
        "AID-SUB-02",
        "AID-SUB-12",
        "AID-SEC-02",
        "AID-SEC-04",
        "AID-SEC-05",
    }
    assert found.blocks()["subscriptions"] == "non-conforming"
    for secret in ("camille-exemple", "dominique-exemple", "eyJ"):
        assert secret not in found.text


def test_the_answers_of_a_funder_name_nobody() -> None:
    """A server that takes what it does not know answers with persons: they are pseudonyms."""
    version = find("mobility-aid@0.1")
    hearing = Hearing(version, "funder", CALLER)
    at = datetime(2026, 11, 23, 8, tzinfo=UTC)
    kept = {"id": ID, "subject": "camille-exemple", "answers": {"frameNumber": "MB-4711"}}
    entry = {"subscription": ID, "data": json.dumps(kept)}
    pages = {"listSubscriptions": ("/subscriptions", {"subscriptions": [kept]})}
    pages["listEvidence"] = ("/evidence", {"evidence": [entry]})
    for number, (operation, (path, page)) in enumerate(pages.items()):
        sent = Request("GET", path, (("subject", "camille-exemple"),))
        answer = Response(200, (("content-type", "application/json"),), json.dumps(page).encode())
        hearing.hear(Exchange(f"x{number}", operation, "traffic", at, sent, answer))
    report = account(hearing, About("http://funder.test", "url"))
    assert "camille" not in json.dumps(report)
    assert "AID-SEC-05" in {row["id"] for row in report["requirements"] if row["findings"]}
    one, other = report["exchanges"].values()
    (shown,) = one["response"]["body"]["subscriptions"]
    told = json.loads(other["response"]["body"]["evidence"][0]["data"])
    assert shown == told
    assert re.fullmatch(r"[A-Z]{2}-[0-9]{4}", shown["answers"]["frameNumber"])
    assert "MB-4711" not in json.dumps(report)
    assert [["subject", shown["subject"]]] == one["request"]["query"] == other["request"]["query"]
    assert shown["id"] == ID
