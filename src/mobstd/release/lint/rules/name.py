"""Names: one case for members, operations and files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from mobstd.release.lint.place import Place, step
from mobstd.release.lint.rule import Found, Hit, Rule, at
from mobstd.release.lint.rules.api import operations
from mobstd.release.lint.subject import Subject

__all__ = ["RULES"]

CASES = {
    "camelCase": re.compile(r"[a-z][a-z0-9]*([A-Z][a-z0-9]*)+"),
    "snake_case": re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+"),
    "kebab-case": re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+"),
    "PascalCase": re.compile(r"[A-Z][a-z0-9]+([A-Z][a-z0-9]*)*"),
    "UPPER_CASE": re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+"),
}
ENOUGH = 4
"""Names of several words from which a case is known to be the standard's."""

SHARE = 0.6


def case_of(name: str) -> str | None:
    """Return the case of a name of several words; ``None`` where it has one word."""
    return next((case for case, pattern in CASES.items() if pattern.fullmatch(name)), None)


def usual(names: Iterable[str]) -> str | None:
    """Return the case that most names have, where most have one."""
    counted = Counter(case for name in names if (case := case_of(name)))
    total = sum(counted.values())
    if total < ENOUGH:
        return None
    case, count = counted.most_common(1)[0]
    return case if count >= SHARE * total else None


def _members(subject: Subject) -> Found:
    members = [place for place in subject.places if place.kind == "member"]
    wanted = usual({place.name for place in members})
    seen: set[str] = set()
    for place in members:
        case = case_of(place.name)
        if wanted and case not in (None, wanted) and place.name not in seen:
            seen.add(place.name)
            yield at(place, name=place.name, case=case, wanted=wanted)


def _operations(subject: Subject) -> Found:
    found = [one for one in operations(subject) if isinstance(one.node.get("operationId"), str)]
    wanted = usual(one.node["operationId"] for one in found)
    for one in found:
        case = case_of(one.node["operationId"])
        if wanted and case not in (None, wanted):
            yield one.hit("/operationId", name=one.node["operationId"], case=case, wanted=wanted)


def _titles(subject: Subject) -> Found:
    for document in subject.schemas:
        stem = document.path.name.removesuffix(".schema.json")
        wanted = "".join(part[:1].upper() + part[1:] for part in stem.split("-"))
        said = document.content.get("title")
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*\.schema\.json", document.path.name):
            yield Hit(
                document, "", {"said": document.path.name, "wanted": "name-of-it.schema.json"}
            )
        elif said != wanted:
            yield Hit(document, "/title", {"said": said or "-", "wanted": wanted})


def _alike(subject: Subject) -> Found:
    for place in subject.places:
        members = place.schema.get("properties")
        seen: dict[str, str] = {}
        for name in members if isinstance(members, Mapping) else ():
            folded = re.sub(r"[^a-z0-9]", "", name.lower())
            if folded and folded in seen:
                yield at(place, f"/properties{step(name)}", name=name, other=seen[folded])
            seen.setdefault(folded, name)


def _values(subject: Subject) -> Found:
    for place in subject.places:
        values = place.schema.get("enum")
        words = [one for one in values if isinstance(one, str)] if isinstance(values, list) else []
        kinds = {kind for word in words if (kind := _letters(word))}
        if {"upper", "lower"} <= kinds:
            yield at(place, "/enum", name=_called(place))


def _letters(word: str) -> str | None:
    if len(word) < 2 or not re.search(r"[A-Za-z]", word):
        return None
    return "upper" if word == word.upper() else "lower" if word == word.lower() else None


def _called(place: Place) -> str:
    return place.name or place.pointer


RULES = (
    Rule("LINT-NAME-01", "warning", _members, after=("LINT-NAME-04",)),
    Rule("LINT-NAME-02", "warning", _operations),
    Rule("LINT-NAME-03", "error", _titles, house=True),
    Rule("LINT-NAME-04", "warning", _alike),
    Rule("LINT-NAME-05", "note", _values),
)
