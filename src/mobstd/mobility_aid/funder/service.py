"""The reference funder: one method per operation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from mobstd.mobility_aid.funder.asking import Caller, asking
from mobstd.mobility_aid.funder.authority import Authority
from mobstd.mobility_aid.funder.book import Book, written
from mobstd.mobility_aid.funder.deciding import decision_of, submit
from mobstd.mobility_aid.funder.filing import content_of, document_errors, held_item, held_of
from mobstd.mobility_aid.funder.issuer import told_of, verified
from mobstd.mobility_aid.funder.judging import answer_errors, submission_errors
from mobstd.mobility_aid.funder.ledger import Act, Item, Ledger
from mobstd.mobility_aid.funder.outside import Outside
from mobstd.mobility_aid.funder.refusing import Refused, problem, told
from mobstd.mobility_aid.funder.registering import Registry
from mobstd.mobility_aid.funder.sealing import FunderKey, seal
from mobstd.mobility_aid.funder.sweeping import DRAFTS, sweep
from mobstd.serving.answers import Reply

__all__ = ["Funder"]

Asked = Mapping[str, Any]

PAGE = 100
_LIVE = ("draft", "submitted", "granted")
_DECISIONS = ("granted", "rejected", "revoked")
_EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
_HOUR = timedelta(hours=1)


class Funder:
    """Funders of invented aids, who answer as mobstd reads its proposal.

    Args:
        ledger: where all is kept.
        book: writes down what happens.
        offered: what one can subscribe to, by aid.
        terms: the same, with what one could subscribe to before.
        keys: whom files are encrypted for, by SIREN.
        authority: stamps what is evidenced.
        registry: what is asked about journeys.
        clock: what time it is.

    Attributes:
        sees: says what a caller sees, of a funder and a person.
        acts: says whether a caller may change something of theirs.
        opens: says whether a caller sees a document of theirs.
        lets: says whether the token of a caller lets them do what asks for a scope.
        granted: returns what the token endpoint says of the scopes that it gave.
        same: says whether a request is the one that an id came with.
        limited: whether the limits of aids hold.
        infected: says whether a file is.
    """

    def __init__(
        self,
        ledger: Ledger,
        book: Book,
        offered: Mapping[str, Item],
        terms: Mapping[str, Item],
        keys: Mapping[str, FunderKey],
        authority: Authority,
        registry: Registry,
        clock: Callable[[], datetime],
    ) -> None:
        self.ledger, self.book, self.keys = ledger, book, keys
        self.offered, self.terms = offered, terms
        self.authority, self.registry, self.clock = authority, registry, clock
        self.refusal = problem
        self.sees: Callable[[Caller, str, str], bool] = Caller.sees
        self.acts: Callable[[Caller, str, str], bool] = Caller.sees
        self.opens: Callable[[Caller, str, str], bool] = Caller.sees
        self.lets: Callable[[Caller, str], bool] = lambda caller, scope: scope in caller.scopes
        self.granted: Callable[[frozenset[str]], Asked] = told_of
        self.reads: Callable[[str, Any], Asked] = verified
        self.same: Callable[[str, str], bool] = str.__eq__
        self.limited = True
        self.infected: Callable[[bytes], bool] = lambda content: _EICAR in content
        self._swept: datetime | None = None

    @told
    def list_terms(self, asked: Asked) -> Item:
        """List the aids that one can subscribe to."""
        after, limit = asked.get("cursor", ""), asked["limit"]
        found = [one for aid, one in sorted(self.offered.items()) if aid > after]
        page = {
            "terms": found[:limit],
            "retention": "P3Y",
            "draftsExpire": "P30D",
            "maxPage": PAGE,
        }
        return page if len(found) <= limit else page | {"next": found[limit - 1]["aid"]}

    @told
    def list_subscriptions(self, asked: Asked) -> Item:
        """List subscriptions."""
        limit, states = asked["limit"], asked.get("state", ())
        with self._acting() as act:
            after = asked.get("cursor", "")
            found = act.subscriptions(asking(), asked.get("aid", ""), states, after, limit)
        page: Item = {"subscriptions": found[:limit]}
        return page if len(found) <= limit else page | {"next": found[limit - 1]["id"]}

    @told
    def get_subscription(self, asked: Asked) -> Item:
        """Read a subscription."""
        with self._acting() as act:
            return self._found(act, asked["id"], self.sees)[0]

    @told
    def create_subscription(self, _: Asked, body: Asked) -> Any:
        """Begin a subscription."""
        caller = asking()
        subject, request = _subject(caller, body), _request(body, caller)

        def begin(act: Act, outside: Outside) -> Any:
            known = act.subscription(body["id"])
            if known is not None:
                if not self.same(known[2], request):
                    raise Refused(409, "id-taken")
                return Reply(known[0], 200)
            terms = self._terms(caller, body["aid"])
            if errors := [*self._errors(act, body, subject, terms)]:
                raise Refused(422, errors=errors)
            self._within(act, subject, terms)
            item: Item = {
                "id": body["id"],
                "aid": body["aid"],
                "subject": subject,
                "state": self.book.table.first,
                "consent": {**body["consent"], "at": outside.now},
                "answers": dict(body.get("answers", {})),
                "documents": list(body.get("documents", ())),
                "createdAt": outside.now,
                "updatedAt": outside.now,
                "evidenced": terms["evidenced"],
                "allowed": [],
                "history": [],
            }
            self.book.enter(act, outside, item, terms, "created", caller.kind)
            act.put(item, terms["funder"], request)
            act.give(item["documents"], item["id"])
            return Reply(item, 201)

        return self._settled(begin)

    @told
    def update_subscription(self, asked: Asked, body: Asked) -> Item:
        """Change a draft."""

        def change(act: Act, outside: Outside) -> Item:
            item, terms = self._found(act, asked["id"], self.acts)
            if item["state"] not in self.book.table.changes:
                raise self._wrong_state(item)
            errors = [*self._changed(act, item, body, terms)]
            if errors:
                raise Refused(422, errors=errors)
            self.book.enter(act, outside, item, terms, "updated", asking().kind)
            act.put(item, terms["funder"])
            act.give(item["documents"], item["id"])
            return item

        changed: Item = self._settled(change)
        return changed

    @told
    def step_subscription(self, asked: Asked, body: Asked) -> Item:
        """Ask for another state."""
        caller, to = asking(), body["to"]
        scope = "decisions.write" if to in _DECISIONS else "subscriptions.write"
        if not self.lets(caller, scope):
            raise Refused(403)

        def go(act: Act, outside: Outside) -> Item:
            item, terms = self._found(act, asked["id"], self.acts)
            step = self.book.table.step(item["state"], to, terms)
            if step is None or caller.kind not in step.by:
                raise self._wrong_state(item)
            if to == "submitted":
                submit(act, outside, self.book, item, terms, caller.kind)
            else:
                item["state"] = to
                item.pop("decision", None)
                decision = decision_of(body, caller.kind, outside) if to in _DECISIONS else None
                if decision:
                    item["decision"] = decision
                self.book.enter(act, outside, item, terms, step.event, caller.kind, decision)
            act.put(item, terms["funder"])
            return item

        gone: Item = self._settled(go)
        return gone

    @told
    def try_subscription(self, _: Asked, body: Asked) -> Item:
        """Say whether a submission would pass; nothing is made by it."""
        caller = asking()
        subject = _subject(caller, body)
        with self._acting() as act:
            terms = self._terms(caller, body["aid"])
            errors = [*self._errors(act, body, subject, terms)]
            documents = [] if errors else held_of(act, body.get("documents", ()))
            errors += submission_errors(body.get("answers", {}), documents, terms)
            if not errors and self._reached(act, subject, terms):
                errors.append({"pointer": "/aid", "code": "limit"})
        return {"passes": not errors, "errors": errors}

    @told
    def create_document(self, _: Asked, body: Asked) -> Any:
        """Take a document."""
        caller = asking()
        subject, request = _subject(caller, body), _request(body, caller)
        with self._acting() as act:
            known = act.held(body["id"])
            if known is not None:
                if not self.same(known[4], request):
                    raise Refused(409, "id-taken")
                return Reply(_shown(known[0], known[3]), 200)
            terms = self._terms(caller, body["aid"])
            content = content_of(body, terms, self.infected)
            key, now = self.keys.get(terms["funder"]), self.clock()
            if key is None or key.ends <= now:
                raise Refused(422, "no-funder-key")
            item = held_item(body, content, key, now, now + DRAFTS)
            sealed = seal(content, body["id"], key)
            act.hold(item, terms["funder"], subject, request, sealed)
        return Reply(item, 201)

    @told
    def get_document(self, asked: Asked) -> Item:
        """Read what a document is."""
        with self._acting() as act:
            return self._held(act, asked["id"])

    @told
    def get_document_content(self, asked: Asked) -> Item:
        """Read the content of a document, sealed."""
        with self._acting() as act:
            self._held(act, asked["id"])
            sealed: Item = act.sealed(asked["id"])
        return sealed

    @told
    def list_events(self, asked: Asked) -> Item:
        """Read what happened since."""
        with self._acting() as act:
            found, latest = act.notes("event", asking(), asked["after"], asked["limit"])
        return {"events": found, "latest": latest}

    @told
    def list_evidence(self, asked: Asked) -> Item:
        """Read time stamps."""
        of = asked.get("subscription", "")
        with self._acting() as act:
            found, latest = act.notes("stamp", asking(), asked["after"], asked["limit"], of)
        return {"evidence": found, "latest": latest}

    def _acting(self) -> Any:
        now = self.clock()
        if self._swept is None or now - self._swept >= _HOUR:
            self._swept = now
            sweep(self.ledger, self.book, self.terms, self._outside, now)
        return self.ledger.acting()

    def _outside(self) -> Outside:
        return Outside(self.authority, self.registry, written(self.clock()))

    def _settled(self, work: Callable[[Act, Outside], Any]) -> Any:
        """Return what work gives that is done in one transaction, after all that it asks."""
        outside = self._outside()

        def run() -> Any:
            with self._acting() as act:
                return work(act, outside)

        return outside.settled(run)

    def _terms(self, caller: Caller, aid: str) -> Item:
        terms = self.offered.get(aid)
        if terms is None or (caller.kind == "funder" and terms["funder"] != caller.name):
            raise Refused(404)
        return terms

    def _found(
        self, act: Act, id_: str, may: Callable[[Caller, str, str], bool]
    ) -> tuple[Item, Item]:
        """Return a subscription and its terms, for who may know of it."""
        known = act.subscription(id_)
        if known is None or not may(asking(), known[1], known[0]["subject"]):
            raise Refused(404)
        terms = self.terms.get(known[0]["aid"])
        if terms is None:
            raise Refused(404)
        return known[0], terms

    def _held(self, act: Act, id_: str) -> Item:
        known = act.held(id_)
        if known is None or not self.opens(asking(), known[1], known[2]):
            raise Refused(404)
        return _shown(known[0], known[3])

    def _wrong_state(self, item: Item) -> Refused:
        return Refused(409, "wrong-state", state=item["state"], allowed=item["allowed"])

    def _errors(self, act: Act, body: Asked, subject: str, terms: Item) -> Any:
        """Yield what is wrong with what begins a subscription."""
        if body["consent"]["version"] != terms["consent"]["version"]:
            yield {"pointer": "/consent/version", "code": "not-current"}
        yield from answer_errors(body.get("answers", {}), terms)
        yield from document_errors(act, body.get("documents", ()), subject, terms)

    def _changed(self, act: Act, item: Item, body: Asked, terms: Item) -> Any:
        """Put changes into a draft; yield what is wrong with them."""
        given = body.get("answers", {})
        merged = {**item["answers"], **given}
        item["answers"] = {key: value for key, value in merged.items() if value is not None}
        known = {field["key"] for field in terms["fields"]}
        left = {key: value for key, value in given.items() if value is not None or key not in known}
        yield from answer_errors(left, terms)
        if "documents" in body:
            item["documents"] = list(body["documents"])
            subject, id_ = item["subject"], item["id"]
            yield from document_errors(act, body["documents"], subject, terms, id_)

    def _reached(self, act: Act, subject: str, terms: Item) -> Item | None:
        """Return the subscription that reaches the limit of an aid."""
        limit = terms.get("limit")
        if limit is None or not self.limited:
            return None
        found = act.of_person(subject, (terms["aid"],), _LIVE)
        return found[0] if len(found) >= limit else None

    def _within(self, act: Act, subject: str, terms: Item) -> None:
        has = self._reached(act, subject, terms)
        if has is not None:
            raise Refused(409, "limit-reached", existing=has["id"])


def _shown(held: Item, subscription: str) -> Item:
    """Return what a document is: that a subscription has it, or when it ends."""
    if not subscription:
        return held
    kept = {name: value for name, value in held.items() if name != "expiresAt"}
    return {**kept, "subscription": subscription}


def _subject(caller: Caller, body: Asked) -> str:
    """Return the person that something is of: who asks, or whom the back end of a funder names."""
    named: str | None = body.get("subject")
    if (named is None) == (caller.kind == "funder"):
        code = "required" if named is None else "not-taken"
        raise Refused(422, errors=[{"pointer": "/subject", "code": code}])
    return caller.name if named is None else named


def _request(body: Asked, caller: Caller) -> str:
    """Return what tells one request from another, and from the same of somebody else."""
    said = json.dumps([caller.kind, caller.name, body], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()
