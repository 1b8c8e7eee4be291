"""Two API documents: each change of operations, and of whatever goes in and comes out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mobstd.messages import Words
from mobstd.release.diff.api import Answer, Field, Operation, Placed, operations, servers
from mobstd.release.diff.change import BREAKING, SAFE, UNKNOWN, Change, Example
from mobstd.release.diff.credentials import sources
from mobstd.release.diff.dialect import REQUEST, RESPONSE
from mobstd.release.diff.exchanges import (
    Side,
    answer_of,
    beside,
    documented,
    refusals,
    request_of,
    takes,
)
from mobstd.release.diff.library import Address
from mobstd.release.diff.matching import matched, renamed
from mobstd.release.diff.media import concrete, paired
from mobstd.release.diff.schemas import Desk
from mobstd.release.diff.verdicts import Apis, changed, parties

__all__ = ["Comparer"]


class Comparer:
    """Compares two API documents; ``desks`` hold what was compared, by direction."""

    def __init__(self, apis: Apis) -> None:
        self.apis = apis
        self._known: dict[str, list[Operation]] = {}
        libraries = apis.old[0], apis.new[0]
        self.desks = {way: Desk(*libraries, way) for way in (REQUEST, RESPONSE)}

    def _side(self, direction: str, *, new: bool) -> Side:
        desk = self.desks[direction]
        return Side(lambda placed: desk.node(placed, new=new), desk.judge, desk.builder)

    def changes(self) -> Iterator[Change]:
        """Yield each change.

        Raises:
            ConfigError: for a document that is broken; the message has the place.
        """
        documents = [library.document(path) for library, path in (self.apis.old, self.apis.new)]
        old, new = (operations(*side) for side in (self.apis.old, self.apis.new))
        self._known = {"old": old, "new": new}
        yield from self._about(*documents)
        for one, two in matched(old, new):
            if one is not None and two is not None:
                yield from self._operation(one, two)
            elif one is not None:
                shown = self._request(one, None)
                yield self._made(
                    "DIFF-OPERATION-01", REQUEST, "sender", one.address, None, str(one), shown, one
                )
            elif two is not None:
                yield self._made(
                    "DIFF-OPERATION-02", None, "nobody", None, two.address, str(two), (), two
                )

    def _about(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
        before, after = servers(old), servers(new)
        if before != after:
            yield self._said("DIFF-SERVER-01", "servers", before, after)
        got, other = sources(old), sources(new)
        for kind in got.keys() & other.keys():
            if got[kind] != other[kind]:
                yield self._said("DIFF-SECURITY-03", "components", got[kind], other[kind], kind)
        first, second = ({k: _info(d).get(k) for k in ("title", "description")}
                         for d in (old, new))  # fmt: skip
        if first != second:
            yield Change("DIFF-TEXT-01", SAFE, old="#/info", new="#/info", name="info")

    def _said(self, rule: str, step: str, before: Any, after: Any, name: str = "") -> Change:
        old, new = (self._at((side[1], (step,))) for side in (self.apis.old, self.apis.new))
        return Change(rule, UNKNOWN, old=old, new=new, name=name, before=before, after=after,
                      role=self.apis.role)  # fmt: skip

    def _operation(self, old: Operation, new: Operation) -> Iterator[Change]:
        at = old.address, new.address
        if old.key != new.key:
            shown = self._request(old, None)
            yield self._made("DIFF-OPERATION-03", REQUEST, "both", *at, str(old), shown, old,
                             str(old), str(new))  # fmt: skip
        if old.id != new.id:
            yield self._made("DIFF-OPERATION-04", None, "nobody", *at, str(old), (), old,
                             old.id, new.id)  # fmt: skip
        if old.deprecated != new.deprecated:
            rule = "DIFF-DEPRECATED-01" if new.deprecated else "DIFF-DEPRECATED-02"
            yield self._made(rule, None, "nobody", *at, str(old), (), old)
        yield from self._security(old, new)
        yield from self._fields(old, new)
        yield from self._body(old, new)
        yield from self._answers(old, new)
        if old.servers != new.servers:
            yield self._made("DIFF-SERVER-01", None, "unknown", *at, str(old), (), old,
                             list(old.servers), list(new.servers))  # fmt: skip
        if old.encoding != new.encoding:
            yield self._made("DIFF-KEYWORD-01", REQUEST, "unknown", *at, "encoding", (), old,
                             old.encoding, new.encoding)  # fmt: skip

    def _security(self, old: Operation, new: Operation) -> Iterator[Change]:
        before, after = ({frozenset(a) for a in op.security} or {frozenset()} for op in (old, new))
        if before == after:
            return
        lost = [a for a in before if not any(b <= a for b in after)]
        won = [b for b in after if not any(a <= b for a in before)]
        words = [sorted(" and ".join(sorted(a)) or "nothing" for a in s) for s in (before, after)]
        for rule, hurt, found, by in (
            ("DIFF-SECURITY-01", "sender", lost, "old"),
            ("DIFF-SECURITY-02", "reader", won, "new"),
        ):
            if found:
                credentials = " and ".join(sorted(found[0])) or "nothing"
                request = {"method": old.method, "path": old.path, "credentials": credentials}
                shown = (Example("request", request, by, "", (Words("diff.why.credentials"),)),)
                yield self._made(rule, REQUEST, hurt, old.address, new.address, str(old), shown,
                                 old, *words)  # fmt: skip
        if not lost and not won:
            yield self._made("DIFF-FORM-01", REQUEST, "nobody", old.address, new.address,
                             "security", (), old, *words)  # fmt: skip

    def _fields(self, old: Operation, new: Operation) -> Iterator[Change]:
        pairs = renamed(old, new)
        for one, two in pairs:
            if one is not None and two is not None:
                yield from self._field(old, new, one, two)
            elif two is not None:
                rule = "DIFF-PARAMETER-01" if two.required else "DIFF-PARAMETER-02"
                shown = self._request(old, new) if two.required else ()
                hurt = "sender" if two.required else "nobody"
                yield self._made(
                    rule, REQUEST, hurt, old.address, two.address, two.name, shown, old
                )
            elif one is not None:
                rule = "DIFF-PARAMETER-03" if one.required else "DIFF-PARAMETER-04"
                shown = self._request(new, old, by="new") if one.required else ()
                hurt = "reader" if one.required and shown else "unknown"
                yield self._made(
                    rule, REQUEST, hurt, one.address, new.address, one.name, shown, old
                )

    def _field(self, old: Operation, new: Operation, one: Field, two: Field) -> Iterator[Change]:
        at = one.address, two.address
        if one.name != two.name:
            yield self._made("DIFF-TEXT-01", REQUEST, "nobody", *at, one.name, (), old,
                             one.name, two.name)  # fmt: skip
        if one.required != two.required:
            if two.required:
                shown = self._request(old, new)
                yield self._made("DIFF-PARAMETER-05", REQUEST, "sender", *at, one.name, shown, old)
            else:
                shown = self._request(new, old, by="new")
                yield self._made("DIFF-PARAMETER-06", REQUEST, "reader", *at, one.name, shown, old)
        if one.written != two.written and not self._alike(one, two):
            yield self._made("DIFF-PARAMETER-07", REQUEST, "unknown", *at, one.name, (), old,
                             list(one.written), list(two.written))  # fmt: skip
        if one.deprecated != two.deprecated:
            rule = "DIFF-DEPRECATED-01" if two.deprecated else "DIFF-DEPRECATED-02"
            yield self._made(rule, REQUEST, "nobody", *at, one.name, (), old)
        yield from self._schemas(REQUEST, one.schema, two.schema, old, f"?{one.name}", at)

    def _alike(self, one: Field, two: Field) -> bool:
        """Say whether two fields differ but in how lists are written, and take none."""
        desk = self.desks[REQUEST]
        if one.schema is None or two.schema is None:
            return False
        types = desk.node(one.schema, new=False).types | desk.node(two.schema, new=True).types
        same = one.written[0] == two.written[0] and one.written[2:] == two.written[2:]
        return same and not types & {"array", "object"}

    def _body(self, old: Operation, new: Operation) -> Iterator[Change]:
        at = old.body_address, new.body_address
        if not old.body and new.body:
            rule = "DIFF-BODY-01" if new.body_required else "DIFF-BODY-02"
            hurt = "sender" if new.body_required else "unknown"
            shown = self._request(old, new) if new.body_required else ()
            yield self._made(rule, REQUEST, hurt, *at, "", shown, old)
            return
        if old.body and not new.body:
            yield self._made("DIFF-BODY-03", REQUEST, "unknown", *at, "", (), old)
            return
        if old.body_required != new.body_required:
            if new.body_required:
                yield self._made("DIFF-BODY-04", REQUEST, "sender", *at, "",
                                 self._request(old, new), old)  # fmt: skip
            else:
                yield self._made("DIFF-BODY-05", REQUEST, "reader", *at, "",
                                 self._request(new, old, by="new"), old)  # fmt: skip
        for one, two in paired(old.body, new.body):
            if one is not None and two is not None:
                yield from self._schemas(REQUEST, old.body[one], new.body[two], old, "body", at)
                continue
            media, by, other = (one, "old", new.body) if one else (str(two), "new", old.body)
            rule, hurt = ("DIFF-MEDIA-01", "sender") if one else ("DIFF-MEDIA-02", "reader")
            sent = concrete(str(media), other)
            request = {"method": old.method, "path": old.path, "mediaType": sent}
            shown = (
                Example("request", request, by, "", (Words("diff.why.media", {"media": sent}),)),
            )
            yield self._made(rule, REQUEST, hurt, *at, str(media), shown if sent else (), old)

    def _answers(self, old: Operation, new: Operation) -> Iterator[Change]:
        met = set()
        for one in old.answers.values():
            two = beside(one.status, new.answers)
            if two is None:
                yield self._status(old, new, one, gone=True)
            else:
                met.add((one.status, two.status))
                yield from self._answer(old, new, one, two)
        for two in new.answers.values():
            first = beside(two.status, old.answers)
            if first is None:
                yield self._status(old, new, two, gone=False)
            elif (first.status, two.status) not in met:
                yield from self._answer(old, new, first, two)

    def _status(self, old: Operation, new: Operation, answer: Answer, *, gone: bool) -> Change:
        """Return the change of a status that only one version has, by name or by range."""
        other = new if gone else old
        rule, hurt = ("DIFF-STATUS-01", "sender") if gone else ("DIFF-STATUS-02", "reader")
        made = answer_of(self._side(RESPONSE, new=not gone), answer, other=other)
        why = documented(other, made) if made else ()
        shown = (Example("response", made, "old" if gone else "new", "", why),) if why else ()
        if answer.status[0] in "45":
            hurt = "unknown" if gone else "nobody"
        elif answer.status == "default" or not shown:
            hurt = "unknown"
        at = (answer.address if gone else old.address), (new.address if gone else answer.address)
        shown = shown if hurt in ("sender", "reader") else ()
        return self._made(rule, RESPONSE, hurt, *at, answer.status, shown, old)

    def _answer(self, old: Operation, new: Operation, one: Answer, two: Answer) -> Iterator[Change]:
        at = one.address, two.address
        where = one.status
        for first, second in paired(one.content, two.content):
            if first is not None and second is not None:
                yield from self._schemas(
                    RESPONSE, one.content[first], two.content[second], old, where, at
                )
                continue
            gone = first is not None
            rule, hurt = ("DIFF-MEDIA-03", "sender") if gone else ("DIFF-MEDIA-04", "reader")
            side = self._side(RESPONSE, new=not gone)
            made = answer_of(side, one if gone else two, first or second, new if gone else old)
            why = documented(new if gone else old, made) if made else ()
            shown = (Example("response", made, "old" if gone else "new", "", why),) if why else ()
            yield self._made(rule, RESPONSE, hurt if shown else "unknown", *at,
                             str(first or second), shown, old)  # fmt: skip
        if one.links != two.links:
            yield self._made("DIFF-KEYWORD-01", RESPONSE, "unknown", *at, "links", (), old)
        yield from self._headers(old, new, one, two)

    def _headers(
        self, old: Operation, new: Operation, one: Answer, two: Answer
    ) -> Iterator[Change]:
        for name in dict.fromkeys((*one.headers, *two.headers)):
            first, second = one.headers.get(name), two.headers.get(name)
            was, now = bool(first and first.required), bool(second and second.required)
            at = (first or one).address, (second or two).address
            if was != now:
                rule = "DIFF-HEADER-01" if now else "DIFF-HEADER-02"
                hurt, answer, other, by = (
                    ("sender", one, new, "old") if now else ("reader", two, old, "new")
                )
                made = answer_of(self._side(RESPONSE, new=not now), answer)
                why = documented(other, made) if made else ()
                shown = (Example("response", made, by, "", why),) if why else ()
                yield self._made(
                    rule, RESPONSE, hurt if shown else "unknown", *at, name, shown, old
                )
            elif first is None:
                yield self._made("DIFF-HEADER-03", RESPONSE, "nobody", *at, name, (), old)
            elif second is None:
                yield self._made("DIFF-HEADER-04", RESPONSE, "unknown", *at, name, (), old)
            if first and second and first.written != second.written:
                yield self._made("DIFF-PARAMETER-07", RESPONSE, "unknown", *at, name, (), old,
                                 list(first.written), list(second.written))  # fmt: skip
            if first and second:
                yield from self._schemas(
                    RESPONSE, first.schema, second.schema, old, f"{one.status} {name}", at
                )

    def _schemas(
        self,
        direction: str,
        one: Placed | None,
        two: Placed | None,
        operation: Operation,
        where: str,
        at: tuple[Address, Address],
    ) -> Iterator[Change]:
        if one is None and two is None:
            return
        desk = self.desks[direction]
        first = one or Placed({}, at[0], made=True)
        second = two or Placed({}, at[1], made=True)
        use = f"{operation} {where}"
        parts = "parameter" if where.startswith("?") else "document"
        for decided in desk.compare(first, second):
            yield changed(decided, direction, self.apis, use, parts, operation.turned)

    def _request(
        self, operation: Operation, other: Operation | None, by: str = "old"
    ) -> tuple[Example, ...]:
        """Return a request that one version accepts and the other is held to refuse."""
        new = by == "new"
        request = request_of(self._side(REQUEST, new=new), operation)
        if request is None:
            return ()
        if other is None:
            if any(takes(op, operation) for op in self._known["old" if new else "new"]):
                return ()
            return (Example("request", request, by, "", (Words("diff.why.operation"),)),)
        why = tuple(refusals(self._side(REQUEST, new=not new), other, request))
        return (Example("request", request, by, "", why),) if why else ()

    def _at(self, address: Address | None) -> str:
        if address is None or not address[0]:
            return ""
        path, steps = address
        escaped = (s.replace("~", "~0").replace("/", "~1") for s in steps)
        return (path if self.apis.several else "") + "#" + "".join(f"/{s}" for s in escaped)

    def _made(
        self,
        rule: str,
        direction: str | None,
        hurt: str,
        old: Address | None,
        new: Address | None,
        name: str,
        shown: tuple[Example, ...],
        operation: Operation,
        before: Any = None,
        after: Any = None,
    ) -> Change:
        verdict = SAFE if hurt == "nobody" else UNKNOWN if hurt == "unknown" else BREAKING
        if verdict == BREAKING and not shown:
            verdict = UNKNOWN
        hurt = hurt if verdict == BREAKING else "nobody"
        roles = parties(hurt, direction, self.apis.role, operation.turned)
        return Change(
            rule, verdict, hurt, roles, direction,
            self._at(old), self._at(new), name, before, after, (str(operation),), shown,
            self.apis.role,
        )  # fmt: skip


def _info(document: Mapping[str, Any]) -> Mapping[str, Any]:
    said = document.get("info")
    return said if isinstance(said, Mapping) else {}
