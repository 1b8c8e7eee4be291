"""What there is to make a resource from: items of a search, and why others do not serve."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from mobstd.conformance.lab import Lab
from mobstd.conformance.scenarios.resource import Criterion, Resource, Source
from mobstd.conformance.scenarios.tokens import STAND_IN, Tokens
from mobstd.judging.pointer import MISSING, find, get

__all__ = [
    "SOON",
    "Candidate",
    "Maker",
    "Material",
    "material",
    "parts",
    "sorts",
    "spelled",
    "spoilt",
    "unfit",
]

SOON = 3600
"""How many seconds from now an instant still is to come, and where made ones lie."""

FEW = 4
"""How many values a member may have to tell sorts of candidates apart."""

MOVED = re.compile(r"\$now([+-][0-9]+)([smhd])(?:@([+-][0-9]{2}:[0-9]{2}))?")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}

MOST = 40
"""How many candidates are kept of one source."""


@dataclass(frozen=True)
class Candidate:
    """An item that serves, or no item where the source needs none."""

    source: Source
    item: Any = None


@dataclass
class Material:
    """The candidates of a resource, and how many items did not serve, by reason."""

    candidates: list[Candidate] = field(default_factory=list)
    unfit: Counter[str] = field(default_factory=Counter)
    texts: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def of(self, source: Source) -> list[Candidate]:
        """Return the candidates of one source."""
        return [one for one in self.candidates if one.source is source]


def unfit(criterion: Criterion, item: Any, lab: Lab, now: int) -> bool:
    """Say whether an item fails a criterion."""
    if criterion.schema is not None:
        return not lab.context.validator(criterion.schema).is_valid(item)
    instant = get(item, criterion.later or "")
    return not isinstance(instant, (int, float)) or instant < now + SOON


def material(
    lab: Lab,
    sources: Iterable[Source],
    now: int,
    made: Callable[[str], Iterable[Any]] = lambda _: (),
) -> Material:
    """Return what the run has seen that sources can be made from, nothing cut by a defect.

    ``made`` gives what was made of another resource, by its name.
    """
    out = Material()
    for source in sources:
        if source.operation is None and source.of is None:
            out.candidates.append(Candidate(source))
            continue
        items: Iterable[Any] = made(source.of) if source.of else ()
        if source.operation is not None:
            items = (item for item, _ in lab.seen(source.operation).values())
        kept = 0
        for item in items:
            part, wrong = _serving(source, item, lab, now)
            if wrong is not None:
                out.unfit[wrong.otherwise["en"]] += 1
                out.texts[wrong.otherwise["en"]] = wrong.otherwise
            elif kept < MOST:
                kept += 1
                out.candidates.append(Candidate(source, part))
    return out


def _serving(source: Source, item: Any, lab: Lab, now: int) -> tuple[Any, Criterion | None]:
    """Return what of an item serves, or why nothing does."""
    wrong: Criterion | None = None
    for part in parts(source, item):
        wrong = next((one for one in source.only if unfit(one, part, lab, now)), None)
        if wrong is None:
            return part, None
    return item, wrong


def parts(source: Source, item: Any) -> list[Any]:
    """Return the candidates that an item is, with what stands in for members that it lacks."""
    if source.each is None:
        return [{**source.default, **item} if source.default else item]
    reached = [part for _, part in find(item, source.each) if isinstance(part, Mapping)]
    return [{**source.default, **item, **part} for part in reached or ({},)]


def sorts(documents: Sequence[Any]) -> list[list[int]]:
    """Return the places of documents by sort, told apart by the texts that several share.

    A text is one of a few (two to ``FEW``) in its place, such as the type of a price. The sort that
    has most texts that no other had comes first, so that a few sorts show most of the texts.
    """
    texts: list[dict[str, str]] = [
        {p: v for p, v in find(one, "/**") if isinstance(v, str)} for one in documents
    ]
    values: dict[str, set[str]] = {}
    for found in texts:
        for pointer, value in found.items():
            values.setdefault(pointer, set()).add(value)
    few = sorted(p for p, some in values.items() if 2 <= len(some) <= min(FEW, len(texts) // 2))
    out: dict[tuple[str | None, ...], list[int]] = {}
    for place, found in enumerate(texts):
        out.setdefault(tuple(found.get(pointer) for pointer in few), []).append(place)
    return [out[sort] for sort in _spread(list(out))]


def _spread(sorts: list[tuple[str | None, ...]]) -> Iterator[tuple[str | None, ...]]:
    shown: set[tuple[int, str | None]] = set()
    left = dict.fromkeys(sorts)
    while left:
        best = max(left, key=lambda sort: len({*enumerate(sort)} - shown))
        shown |= {*enumerate(best)}
        del left[best]
        yield best


def spoilt(lab: Lab, resource: Resource, because: str, now: int) -> Candidate | None:
    """Return an item that fails one criterion alone, by the member ``because``."""
    for source in resource.sources:
        for item, _ in lab.seen(source.operation or "").values():
            failed = [one for one in source.only if unfit(one, item, lab, now)]
            if len(failed) == 1 and because.strip("/") in (failed[0].schema or {}).get(
                "required", ()
            ):
                return Candidate(source, item)
    return None


class Maker:
    """Fills templates; ids are new in each run and the same in each run alike.

    ``$key`` and ``$event`` are new ids, ``$person`` a new name of a person, ``$first`` the first
    state, ``$soon`` an instant to come, ``$caller`` the domain of mobstd, ``$site`` its address,
    ``$theirs`` the domain of the target, ``$page`` a page of mobstd's, ``$traveller`` of whom
    tokens speak, ``$token`` a token, ``$sha256`` a digest that this run has not used; ``$now-90m``
    an instant of RFC 3339 so far from now, in ``s``, ``m``, ``h`` or ``d``.

    Args:
        seed: of the run.
        now: of the run, in UNIX seconds.
        caller: the domain that mobstd makes bookings under.
        theirs: the domain of the target, where it is known.
        tokens: makes tokens.
        keys: what a token of the target is exchanged for, by member: ``$credential/NAME``.
    """

    def __init__(
        self,
        seed: int,
        now: int,
        caller: str,
        theirs: str | None = None,
        tokens: Tokens | None = None,
        keys: Mapping[str, str] | None = None,
    ) -> None:
        self._keys = {f"$credential/{name}": key for name, key in (keys or {}).items()}
        self._now, self._theirs = now, theirs
        self.caller = caller
        self.tokens = tokens or Tokens()
        self._stem = f"{seed}|{now}"
        self._nonce = 0
        self._count = 0

    def renew(self) -> None:
        """Give other ids from here on: those so far are taken."""
        self._nonce += 1
        self._count = 0

    def key(self) -> str:
        """Return a UUID of version 4 that this run has not used."""
        self._count += 1
        text = f"{self._stem}|{self._nonce}|{self._count}"
        return str(UUID(bytes=hashlib.sha256(text.encode()).digest()[:16], version=4))

    @contextmanager
    def trying(self) -> Iterator[None]:
        """Give the ids that are given inside once more afterwards: nothing is made with them."""
        before = self._count
        yield
        self._count = before

    def digest(self, document: Mapping[str, Any], parts: Iterable[str]) -> str:
        """Return the MD5 of members of a document, and of the instant of the run."""
        texts = (get(document, one) if one.startswith("/") else self._now for one in parts)
        text = "".join(str(one) for one in texts if one is not MISSING)
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    def fills(self, source: Source) -> bool:
        """Say whether everything that a template asks for is known."""
        words = set(_words(source.body))
        secret = {word for word in words if word.startswith("$credential/")}
        known = self._theirs is not None or "$theirs" not in words
        return known and secret <= self._keys.keys()

    def harmless(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return a document with a stand-in for each token in it: nothing secret is left."""
        made = self.tokens.made
        return {
            name: STAND_IN if isinstance(value, str) and value in made else value
            for name, value in document.items()
        }

    def filled(self, candidate: Candidate, life_first: str | None) -> dict[str, Any]:
        """Return the document of a candidate."""
        words = {
            "$first": life_first,
            "$caller": self.caller,
            "$site": f"https://{self.caller}",
            "$soon": self._now + SOON,
            "$theirs": self._theirs,
            "$traveller": self.tokens.traveller,
        }
        filled = self._fill(candidate.source.body, candidate.item, words)
        out: dict[str, Any] = filled
        return out

    def _fill(self, node: Any, item: Any, words: Mapping[str, Any]) -> Any:
        if isinstance(node, Mapping):
            members = ((key, self._fill(value, item, words)) for key, value in node.items())
            return {key: value for key, value in members if value is not MISSING}
        if isinstance(node, list):
            return [v for one in node if (v := self._fill(one, item, words)) is not MISSING]
        if not isinstance(node, str) or not node.startswith("$"):
            return node
        if node.startswith("$item"):
            value = get(item, node.removeprefix("$item"))
            return MISSING if value is None else value
        return words[node] if node in words else self._keys.get(node) or self.word(node)

    def word(self, node: Any) -> Any:
        """Return what a word of a template stands for, where it needs no candidate."""
        match node:
            case "$key" | "$event":
                return self.key()
            case "$person":
                return f"mobstd-{self.key()[:8]}"
            case "$page":
                return f"https://{self.caller}/mobstd/{self.key()[:8]}"
            case "$token":
                return self.tokens.token()
            case "$bare-uuid":  # as some make them: random digits, of no version
                return self.key()[:14] + "0" + self.key()[15:19] + "0" + self.key()[20:]
            case "$uuid-and-more":
                return self.key() + "-mobstd"
            case "$no-uuid":
                return "z" + self.key()[1:]
            case "$sha256":
                return hashlib.sha256(self.key().encode()).hexdigest()
        moved = MOVED.fullmatch(node) if isinstance(node, str) else None
        if moved is None:
            return node
        return spelled(self._now + int(moved[1]) * SECONDS[moved[2]], moved[3])

    def words(self, node: Any) -> Any:
        """Return a value with every word in it filled in that needs no candidate."""
        if isinstance(node, Mapping):
            return {key: self.words(value) for key, value in node.items()}
        return [self.words(one) for one in node] if isinstance(node, list) else self.word(node)


def spelled(at: float, offset: str | None = None) -> str:
    """Return an instant as text, in UTC or with an offset such as ``+02:00``."""
    moment = datetime.fromtimestamp(at, UTC)
    if offset is not None:
        return moment.astimezone(
            datetime.fromisoformat(f"2000-01-01T00:00{offset}").tzinfo
        ).isoformat()
    return moment.isoformat().replace("+00:00", "Z")


def _words(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for value in node.values():
            yield from _words(value)
    elif isinstance(node, list):
        for one in node:
            yield from _words(one)
    elif isinstance(node, str):
        yield node
