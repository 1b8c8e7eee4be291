"""One pass over the sources: what a document says by itself, and its facts, spilled to disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mobstd.canon.standard import Version
from mobstd.carpool_proof.preflight.alone import Alone
from mobstd.carpool_proof.preflight.arrival import Arrival
from mobstd.carpool_proof.preflight.sieve import Sieve
from mobstd.carpool_proof.preflight.sources import Item, Source
from mobstd.carpool_proof.preflight.spill import LONG_AGO, Spill
from mobstd.carpool_proof.preflight.verdict import Reason, Weight, packed, plainly
from mobstd.carpool_proof.rules import consistency
from mobstd.carpool_proof.rules.facts import Facts, facts
from mobstd.carpool_proof.rules.profile import Profile
from mobstd.messages import render
from mobstd.validation.documents import DocumentJudge
from mobstd.validation.overlay import overlays
from mobstd.validation.reading import parse
from mobstd.validation.remark import Remark

__all__ = ["OVERLAY", "SCHEMA", "Judge", "Loaded", "Reader", "load", "past", "plain"]

SCHEMA = "journey"
OVERLAY = "server"
PHONES = frozenset({"phone", "phone-truncated"})
"""The formats that ask the numbering plans."""

_END = Facts._fields.index("end")
_NOTHING: tuple[Any, ...] = (None,) * len(Facts._fields)
_SHOWN = 5
"""How many problems of one schema are told at most."""


@dataclass
class Loaded:
    """What a pass over the sources counted.

    Attributes:
        journeys: how many documents there were, and lines that are none.
        untimed: how many had no instant in the column of the reception.
        past: how many journeys of the days before there were.
    """

    journeys: int = 0
    untimed: int = 0
    past: int = 0


class Judge:
    """What a document says by itself, whatever the profile: what its schemas say, and the database.

    ``published`` tells too what the server takes and the published text does not; without
    ``phones`` nothing is asked of phone numbers.
    """

    def __init__(self, version: Version, published: bool = True, phones: bool = True) -> None:
        self.version = version
        self.overlay = OVERLAY if OVERLAY in overlays(version) else None
        self.phones = phones
        self._without = without = frozenset() if phones else PHONES
        self._server = DocumentJudge(version, SCHEMA, self.overlay, without)
        self._text = (
            DocumentJudge(version, SCHEMA, None, without) if published and self.overlay else None
        )

    def sieve(self, profiles: Sequence[Profile], columns: tuple[str, str]) -> Sieve:
        """Return what says quickly of most good lines that nothing speaks against them."""
        overlays = dict.fromkeys((self.overlay, None))
        return Sieve(
            self.version, SCHEMA, [*overlays], self._without, self.phones, profiles, columns
        )

    def refuses(self, document: Any) -> bool:
        """Say whether the server refuses a document by its schema."""
        return any(remark.severity == "error" for remark in self._server.remarks(document))

    def reasons(self, document: Any) -> list[Reason]:
        """Return what speaks against a document; the registry answers only the first."""
        remarks = self._server.remarks(document)
        errors = [remark for remark in remarks if remark.severity == "error"]
        if errors:
            return [_of_remark(remark, "schema", "refused") for remark in errors[:_SHOWN]]
        if self._text is None:
            return []
        remarks = self._text.remarks(document)
        return [_of_remark(remark, "published", "warning") for remark in remarks[:_SHOWN]]


def _of_remark(remark: Remark, rule: str, weight: Weight) -> Reason:
    """Say what is wrong without the value, which may tell a person."""
    text = {}
    for lang, value in (("en", "the value"), ("fr", "la valeur")):
        params = {**remark.params, "received": value}
        code = "validation.type" if remark.code == "validation.list" else remark.code
        if remark.text or code == "validation.otherwise":
            code, params = "proof.rule.row", {"row": remark.keyword}
        text[lang] = f"{remark.pointer or '/'}: {render(code, params, lang)}"
    return Reason(rule, weight, pointer=remark.pointer, text=text)


def load(
    sources: Sequence[Source],
    judge: Judge,
    profiles: Sequence[Profile],
    arrival: Arrival,
    spill: Spill,
    *,
    operator_column: str = "",
    keep: bool = False,
    progress: Callable[[int], None] = lambda count: None,
) -> Loaded:
    """Read the sources and spill what the rules need.

    Args:
        sources: in the order in which their journeys are taken to be sent.
        judge: of single documents.
        profiles: under which journeys will be judged; ``stored`` has a bit for each.
        arrival: when a journey arrives.
        spill: where to.
        operator_column: a member that names the operator, taken out before judging.
        keep: whether to keep the documents, for the files that are written.
        progress: told how many were read; -1 at the end.
    """
    loaded = Loaded()
    reader = Reader(judge, profiles, arrival, operator_column, loaded)
    seq = 0
    for number, source in enumerate(sources):
        sieve = reader.sieve(source.operator)
        for item in source.items(judge.version, SCHEMA, judge.overlay, sieve):
            received, stored, said, found = reader.read(item, source.operator)
            spill.add(seq, number, item.line, received, stored, said, found)
            if keep:
                spill.lines.write(reader.line(item))
            if seq % 4096 == 0:
                progress(seq)
            seq += 1
    progress(-1)
    loaded.journeys = seq
    return loaded


_Read = tuple[int, int, tuple[str, ...], tuple[Any, ...]]
"""When a journey arrives, where it is stored, what is said by profile, its facts."""


class Reader:
    """Reads journeys: what each says by itself, under every profile."""

    def __init__(
        self,
        judge: Judge,
        profiles: Sequence[Profile],
        arrival: Arrival,
        operator_column: str,
        loaded: Loaded,
    ) -> None:
        self._judge = judge
        self._rules = profiles[0]
        self._alone = [Alone(profile, arrival.within) for profile in profiles]
        self._one = self._alone[0].at_once if len(profiles) == 1 else None
        self._arrival = arrival
        self._columns = (operator_column, arrival.column)
        self._timed = arrival.column
        self._loaded = loaded
        self._sieve = judge.sieve(profiles, self._columns)

    def sieve(self, operator: str) -> Callable[[bytes], _Read | None] | None:
        """Return the sieve of the lines of an operator's file, which tells what is spilled."""
        return self._sieve.reader(operator, self._sure)

    def read(self, item: Item, operator: str) -> _Read:
        """Return what is spilled of an item."""
        if item.sure is not None:
            found: _Read = item.sure
            return found
        if item.remark is not None:
            broken = Reason("unreadable", "refused", "reading", text=item.said())
            return self._refused(_NOTHING, [broken])
        document, told = item.document, None
        if isinstance(document, dict) and any(self._columns):
            named, told = (document.pop(name, None) if name else None for name in self._columns)
            operator = operator if named is None else plain(named)
        reasons = self._judge.reasons(document)
        if reasons and reasons[0].weight == "refused":
            return self._refused((operator, _id_of(document), *_NOTHING[2:]), reasons)
        try:
            own = facts(document, operator)
            if told is None and self._timed:
                self._loaded.untimed += 1
            received = self._arrival.of(told, own.end)
        except ValueError:
            reasons.append(plainly("instant", "refused"))
            return self._refused((operator, _id_of(document), *_NOTHING[2:]), reasons)
        vain = self._consistent(document, reasons)
        return self._judged(own, received, packed(reasons) if reasons else "", vain)

    def _sure(self, found: tuple[Any, ...], named: Any, told: Any) -> _Read:
        """Return what is spilled of a line that the sieve let through; see :data:`Then`."""
        received = self._arrival.of(told, found[_END])
        if named is not None:
            found = plain(named), *found[1:]
        if told is None and self._timed:
            self._loaded.untimed += 1
        if self._one is not None and (said := self._one(found, received)) is not None:
            return received, 1, said, found
        return self._judged(Facts._make(found), received, "", False)

    def _judged(self, found: Facts, received: int, text: str, vain: bool) -> _Read:
        alone = [one.judge(found, received, text, vain) for one in self._alone]
        stored = sum([kept << number for number, (kept, _) in enumerate(alone)])
        return received, stored, tuple([said for _, said in alone]), found

    def line(self, item: Item) -> bytes:
        """Return the line that a document that was read is kept as; it is empty for none."""
        if item.remark is not None:
            return b"\n"
        if item.raw is not None and not any(self._columns):
            return item.raw.strip() + b"\n"
        document = item.document
        if item.sure is not None and item.raw is not None:
            whole = parse(item.raw)
            document = {name: whole[name] for name in whole if name not in self._columns}
        text = json.dumps(document, ensure_ascii=False)
        return (text if _encodable(text) else json.dumps(document)).encode() + b"\n"

    def _refused(self, found: tuple[Any, ...], reasons: list[Reason]) -> _Read:
        said = (packed(reasons),) * len(self._alone)
        return self._arrival.now, 0, said, found

    def _consistent(self, document: Mapping[str, Any], reasons: list[Reason]) -> bool:
        """Add what a document says that no schema does, and say whether that refuses it."""
        refused = False
        for rule, pointer in consistency.database(document, self._rules):
            refused = True
            reasons.append(plainly(rule, "refused", pointer))
        for rule, pointer in consistency.doubtful(document, self._judge.phones):
            reasons.append(plainly(rule, "warning", pointer))
        if not refused and "operator_id" in document:
            reasons.append(_TOKEN)
        return refused


_TOKEN = Reason("operator_id", "depends", on="token", pointer="/operator_id")


def plain(named: Any) -> str:
    """Return what names an operator as a text that can be stored."""
    return str(named).encode("utf-8", "backslashreplace").decode()


def _encodable(text: str) -> bool:
    """Say whether a text is more than halves of characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _id_of(document: Any) -> str | None:
    found = document.get("operator_journey_id") if isinstance(document, dict) else None
    return found if isinstance(found, str) and _encodable(found) else None


def past(
    journeys: Iterable[tuple[Any, ...]], spill: Spill, before: int, every: int
) -> Iterator[int]:
    """Spill the journeys of the days before, which the registry has whatever became of them."""
    for number, found in enumerate(journeys, before + 1):
        spill.add(-number, -1, number, LONG_AGO, every, (), found)
        yield number
