"""What the page shows, in both languages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from mobstd.canon.schemas import schema_of
from mobstd.canon.standard import find
from mobstd.errors import ConfigError
from mobstd.messages import LANGUAGES, render
from mobstd.mobility_aid import wording
from mobstd.mobility_aid.conditions import kinds
from mobstd.mobility_aid.evaluation import Outcome
from mobstd.mobility_aid.facts import RECEIVED
from mobstd.mobility_aid.reference.credit import INVENTED
from mobstd.mobility_aid.reference.service import Publisher
from mobstd.mobility_aid.reference.shelf import Wanted
from mobstd.mobility_aid.registry import VERSION
from mobstd.mobility_aid.situations import answered, commune_of, home, kind_of, options
from mobstd.mobility_aid.together import Together, evaluate_all
from mobstd.output.page import Page

__all__ = ["View"]

_PRICE, _CATEGORY = "vehicle.priceInclTax", "vehicle.category"
_ANSWER = "answer."
"""What the names of fields begin with that answer a question of an aid."""

_QUESTIONS = 4
_AT_ONCE = 100
_VERDICTS = ("eligible", "unknown", "not-eligible")

Texts = Mapping[str, str]


@dataclass(frozen=True)
class _Question:
    """A question of the page: its name, its words, its kind, its options and what was answered."""

    name: str
    words: Texts
    kind: str
    options: list[tuple[str, Texts]]
    said: str
    error: Texts | None


@dataclass
class _Asked:
    """What was typed: the fields, what they mean, and what is wrong with them."""

    fields: Mapping[str, str]
    commune: str = ""
    modes: list[str] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, Texts] = field(default_factory=dict)

    def read(self, name: str, reading: Callable[[str], Any]) -> Any:
        """Return what a field means, ``None`` where it is empty or wrong, which is told.

        Beside a field nobody needs to be told which question is meant.
        """
        if name not in self.fields:
            return None
        try:
            return reading(self.fields[name])
        except ConfigError as error:
            beside = error.code == "aids.bad-answer"
            self.errors[name] = {
                lang: error.diagnostics(lang) if beside else error.text(lang) for lang in LANGUAGES
            }
            return None


class View:
    """Renders the page for what was typed.

    Args:
        publisher: whose aids they are.
    """

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def page(self, fields: Mapping[str, str], lang: str, today: str) -> tuple[int, str]:
        """Return the status and the page; ``fields`` are those of the form that say something."""
        asked = _Asked(fields)
        aids: list[dict[str, Any]] = []
        found: Together | None = None
        if fields:
            aids = self._near(asked)
            found = self._evaluated(asked, aids, today)
        groups = _groups(found, aids) if found and not asked.errors else []
        text = _page().render(
            lang,
            title=_title(asked, groups),
            whose=self._whose(),
            fields=fields,
            errors=asked.errors,
            modes=_modes(),
            shown=found is not None and not asked.errors,
            groups=groups,
            totals=_joined(found, lambda one, to: wording.span(one, to)) if found else None,
            questions=_questions(asked, found, aids),
        )
        return 422 if asked.errors else 200, text

    def _whose(self) -> Texts:
        """Return whose aids they are, which is what one has to know before one believes them."""
        credit = self._publisher.credit
        if credit is INVENTED:
            return _texts("aids.page.invented")
        code = "aids.page.named" if credit.named else "aids.page.unnamed"
        return _texts(code, whom=credit.named)

    def _near(self, asked: _Asked) -> list[dict[str, Any]]:
        """Return the aids of the place that was typed."""
        if "place" not in asked.fields:
            asked.errors["place"] = _texts("aids.page.no-place")
            return []
        asked.commune = asked.read("place", commune_of) or ""
        mode = asked.fields.get("mode")
        asked.modes = [mode] if mode in dict(_modes()) else []
        if not asked.commune:
            return []
        places = tuple(self._publisher.covering(f"commune:{asked.commune}"))
        wanted = Wanted(places=places, modes=tuple(asked.modes), limit=_AT_ONCE)
        rows = self._publisher.shelf.search(wanted)[:_AT_ONCE]
        return [json.loads(document) for _, document in rows]

    def _evaluated(self, asked: _Asked, aids: list[dict[str, Any]], today: str) -> Together | None:
        own = _own(aids)
        asked.answers = dict(home(asked.commune)) if asked.commune else {}
        if asked.modes and asked.modes[0] in options(_CATEGORY):
            asked.answers[_CATEGORY] = asked.modes[0]
        price = asked.read("price", partial(answered, _PRICE, own=own))
        asked.answers |= {_PRICE: price} if price is not None else {}
        for name in asked.fields:
            criterion = name.removeprefix(_ANSWER)
            if criterion in (name, RECEIVED) or kind_of(criterion, own) in (None, "aid"):
                continue
            said = asked.read(name, partial(answered, criterion, own=own))
            if said is not None:
                asked.answers[criterion] = said
        if not asked.commune:
            return None
        situation: dict[str, Any] = {"date": today, "answers": asked.answers}
        if asked.fields.get(_ANSWER + RECEIVED) == "none":
            situation["received"] = []
        return evaluate_all(aids, situation)


@cache
def _page() -> Page:
    return Page(__package__, {"value": _value}, sends=True)


@cache
def _modes() -> list[tuple[str, Texts]]:
    enum = schema_of(find(VERSION), "aid")["properties"]["modes"]["items"]["enum"]
    return [(mode, _value(mode)) for mode in enum]


def _texts(code: str, **params: Any) -> Texts:
    return {lang: render(code, params, lang) for lang in LANGUAGES}


def _value(word: Any) -> Texts:
    return {lang: wording.value(word, lang) for lang in LANGUAGES}


def _own(aids: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {name: kind for aid in aids for name, kind in kinds(aid).items()}


def _joined(found: Together, word: Callable[[Any, str], str]) -> Texts | None:
    if not found.totals:
        return None
    return {lang: " + ".join(word(one, lang) for one in found.totals) for lang in LANGUAGES}


def _groups(found: Together, aids: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the aids by verdict, those that one gets first."""
    known = {aid["id"]: aid for aid in aids}
    titles = {aid["id"]: aid["title"] for aid in aids}
    return [
        (verdict, [_card(known[one.aid], one, found, titles) for one in outcomes])
        for verdict in _VERDICTS
        if (outcomes := [one for one in found.outcomes if one.verdict == verdict])
    ]


def _card(
    aid: Mapping[str, Any], outcome: Outcome, found: Together, titles: Mapping[str, str]
) -> dict[str, Any]:
    told = {lang: wording.reasons(aid, outcome, lang, titles) for lang in LANGUAGES}
    pairs = zip(*(told[lang] for lang in LANGUAGES), strict=True)
    link = aid["provenance"].get("source", {}).get("url", "")
    return {
        "title": aid["title"],
        "description": aid.get("summary") or aid["description"],
        "language": aid.get("language", "fr"),
        "funders": ", ".join(one["name"] for one in aid["funders"] if "funder" in one["roles"]),
        "amount": {lang: wording.amount(outcome, lang) for lang in LANGUAGES},
        "chosen": not outcome.truth or outcome.aid in found.chosen,
        "reasons": [
            (both[0][0], dict(zip(LANGUAGES, (text for _, text in both), strict=True)))
            for both in pairs
        ],
        "link": link if link.startswith(("http://", "https://")) else "",
    }


def _questions(
    asked: _Asked, found: Together | None, aids: list[dict[str, Any]]
) -> list[_Question]:
    """Return what was answered and what would tell the most, so that both stay on the page."""
    said = [name.removeprefix(_ANSWER) for name in asked.fields if name.startswith(_ANSWER)]
    missing = [one.criterion for one in found.missing] if found else []
    open_ = [name for name in missing if name not in (_PRICE, "residence.commune", *said)]
    own = _own(aids)
    names = [name for name in said if name == RECEIVED or kind_of(name, own) not in (None, "aid")]
    return [_question(name, asked, aids, own) for name in (*names, *open_[:_QUESTIONS])]


def _question(
    name: str, asked: _Asked, aids: list[dict[str, Any]], own: Mapping[str, str]
) -> _Question:
    words: Texts = {lang: wording.asked(name, aids, lang) for lang in LANGUAGES}
    kind, field_ = kind_of(name, own) or "", _ANSWER + name
    choices = [(one, _value(one)) for one in options(name)]
    if name == RECEIVED:
        words, choices = _texts("aids.page.received"), [("none", _texts("aids.page.received.none"))]
    elif kind == "boolean":
        choices = [("yes", _value(True)), ("no", _value(False))]
    said, error = asked.fields.get(field_, ""), asked.errors.get(field_)
    return _Question(field_, words, kind, choices, said, error)


def _title(asked: _Asked, groups: list[tuple[str, list[dict[str, Any]]]]) -> Texts:
    """Return the title, which a screen reader says first: what came of it."""
    whole = _texts("aids.page.title")
    if asked.errors:
        wrong = _texts("aids.page.wrong")
        return {lang: f"{wrong[lang]} - {whole[lang]}" for lang in LANGUAGES}
    if not asked.fields:
        return whole
    counts = {verdict: len(cards) for verdict, cards in groups}
    params = {"yes": counts.get("eligible", 0), "open": counts.get("unknown", 0)}
    found = _texts("aids.page.found", **params)
    return {lang: f"{found[lang]} - {whole[lang]}" for lang in LANGUAGES}
