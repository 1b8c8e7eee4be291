"""``mobstd aids ask``."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from mobstd.messages import language, render
from mobstd.mobility_aid.command.words import documents, say, tell

if TYPE_CHECKING:
    from mobstd.mobility_aid.together import Together

__all__ = ["add", "run"]

_PRICE = "vehicle.priceInclTax"
_CATEGORY = "vehicle.category"
_NONE = ("none", "no", "aucune", "aucun", "non")
_QUESTIONS = 3
"""How many questions are shown where nobody answers them."""


def add(verbs: Any) -> None:
    """Register the verb."""
    parser = verbs.add_parser(
        "ask", help=say("ask"), description=say("ask.description"), epilog=say("ask.epilog")
    )
    option, place = parser.add_argument, render("cli.serve.place", {}, language())
    option("--place", required=True, metavar=place, help=say("ask.option.place"))
    option("--mode", action="append", default=[], metavar="MODE", help=say("ask.option.mode"))
    option("--price", metavar="EUR", help=say("ask.option.price"))
    option(
        "--answer", action="append", default=[], metavar="NAME=VALUE", help=say("ask.option.answer")
    )
    option("--received", metavar="IDS", help=say("ask.option.received"))
    option("--date", metavar="D", help=say("ask.option.date"))
    option("--catalogue", metavar="FILE|URL", help=say("ask.option.catalogue"))
    option("--json", action="store_true", help=say("ask.option.json"))
    option("--no-questions", action="store_true", help=say("ask.option.no-questions"))
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Say what a person is entitled to, and what else to ask."""
    from mobstd.errors import ConfigError
    from mobstd.mobility_aid.conditions import kinds
    from mobstd.mobility_aid.situations import answered, commune_of, home
    from mobstd.mobility_aid.together import evaluate_all

    _modes(args.mode)
    commune = commune_of(args.place)
    aids = _aids(args.catalogue, commune, args.mode)
    own = {name: kind for aid in aids for name, kind in kinds(aid).items()}
    answers: dict[str, Any] = home(commune)
    if _is_url(args.catalogue):
        from mobstd.mobility_aid.nearby import home_of

        answers |= home_of(aids, commune)
    answers |= _bought(args.mode)
    stated = [f"{_PRICE}={args.price}"] if args.price is not None else []
    for one in (*stated, *args.answer):
        name, _, text = one.partition("=")
        if name == "residence.commune":
            raise ConfigError("aids.place-said", name=name)
        answers[name] = answered(name, text, own)
    situation: dict[str, Any] = {"date": _day(args.date), "answers": answers}
    if args.received is not None:
        situation["received"] = _received(args.received, aids)
    asks = not args.json and not args.no_questions
    if asks and sys.stdin.isatty() and sys.stdout.isatty():
        _converse(aids, situation, own)
    found = evaluate_all(aids, situation)
    if args.json:
        sys.stdout.write(json.dumps(found.to_json(), ensure_ascii=False, indent=2) + "\n")
    else:
        _show(aids, found)
    return 0


def _is_url(catalogue: str | None) -> bool:
    return catalogue is not None and catalogue.startswith(("http://", "https://"))


def _aids(catalogue: str | None, commune: str, modes: list[str]) -> list[Any]:
    from mobstd.errors import RefusedDocument
    from mobstd.mobility_aid.nearby import fetched, near

    if catalogue is not None and _is_url(catalogue):
        return fetched(catalogue, commune, modes)
    if catalogue is None:
        from mobstd.mobility_aid.importing.package import RELEASE
        from mobstd.mobility_aid.reference.loading import aids_of
        from mobstd.mobility_aid.reference.stock import brought

        path = brought()
        code = "ask.invented" if path is None else "ask.brought"
        sys.stderr.write(say(code, release=RELEASE, file=path) + "\n")
        return near(aids_of(path), commune, modes)
    kept, refused = [], 0
    for found in documents(catalogue):
        tell(catalogue, found.diagnostics)
        refused += found.aid is None
        if found.aid is not None:
            kept.append(found.aid)
    if refused and not kept:
        raise RefusedDocument("aids.all-refused", (), file=catalogue, number=refused)
    return near(kept, commune, modes)


def _modes(modes: list[str]) -> None:
    from mobstd.canon.schemas import schema_of
    from mobstd.canon.standard import find
    from mobstd.errors import ConfigError
    from mobstd.mobility_aid.registry import VERSION

    known = schema_of(find(VERSION), "aid")["properties"]["modes"]["items"]["enum"]
    for mode in modes:
        if mode not in known:
            raise ConfigError("aids.no-such-mode", value=mode, known=", ".join(known))


def _bought(modes: list[str]) -> dict[str, str]:
    """Return what is bought, where one mode alone is asked for and can be bought."""
    from mobstd.mobility_aid.situations import options

    bought = len(modes) == 1 and modes[0] in options(_CATEGORY)
    return {_CATEGORY: modes[0]} if bought else {}


def _day(text: str | None) -> str:
    from mobstd.errors import ConfigError

    if text is None:
        return datetime.now(ZoneInfo("Europe/Paris")).date().isoformat()
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ConfigError("aids.bad-day", value=text) from None


def _received(text: str, aids: list[Any]) -> list[dict[str, str]]:
    """Return other aids that a person receives; one that changes nothing is told."""
    names = [one.strip() for one in text.split(",") if one.strip()]
    if len(names) == 1 and names[0].lower() in _NONE:
        return []
    known = {aid["id"] for aid in aids} | {*_exclusive(aids)}
    for one in names:
        if one not in known:
            sys.stderr.write(say("ask.not-named", value=one) + "\n")
    return [{"aid": one} for one in names]


def _exclusive(aids: list[Any]) -> dict[str, str]:
    """Return the titles of the aids that cannot be had together with another, by their ids."""
    titles = {aid["id"]: aid["title"] for aid in aids}
    found: dict[str, str] = {}
    for aid in aids:
        others = aid.get("combination", {}).get("exclusiveWith", ())
        found |= {one: titles.get(one, one) for one in ((aid["id"], *others) if others else ())}
    return found


def _converse(aids: list[Any], situation: dict[str, Any], own: dict[str, str]) -> None:
    """Ask what tells the most, until nothing is left or the person wants to see the answer."""
    from mobstd.errors import ConfigError
    from mobstd.mobility_aid.facts import RECEIVED
    from mobstd.mobility_aid.situations import answered
    from mobstd.mobility_aid.together import evaluate_all

    passed: set[str] = set()
    sys.stderr.write(say("ask.how") + "\n")
    while True:
        missing = [one.criterion for one in evaluate_all(aids, situation).missing]
        wanted = next((name for name in missing if name not in passed), None)
        if wanted is None:
            return
        text = _line(_question(wanted, aids, own))
        if text is None or text == ".":
            return
        if not text:
            passed.add(wanted)
        elif wanted == RECEIVED:
            situation["received"] = _received(text, aids)
            passed.add(wanted)
        else:
            try:
                situation["answers"][wanted] = answered(wanted, text, own)
                passed.add(wanted)
            except ConfigError as error:
                told = error.diagnostics(language()) or error.text(language())
                sys.stderr.write(f"{told}\n")


def _line(question: str) -> str | None:
    sys.stderr.write(f"{question} ")
    sys.stderr.flush()
    text = sys.stdin.readline()
    return text.strip() if text else None


def _question(name: str, aids: list[Any], own: dict[str, str]) -> str:
    """Return a question with the answers that it takes."""
    from mobstd.mobility_aid.facts import RECEIVED
    from mobstd.mobility_aid.situations import kind_of, options
    from mobstd.mobility_aid.wording import asked, value

    words = asked(name, aids, language())
    if name == RECEIVED:
        named = (f"{id_} ({title})" for id_, title in _exclusive(aids).items())
        return f"{words} [{', '.join((_NONE[0], *named))}]"
    choices = [f"{one} ({value(one, language())})" for one in options(name)]
    if kind_of(name, own) == "boolean":
        choices = [value(one, language()) for one in (True, False)]
    return f"{words} [{', '.join(choices)}]" if choices else words


def _show(aids: list[Any], found: Together) -> None:
    from mobstd.mobility_aid.wording import amount, reasons, span

    lang, known = language(), {aid["id"]: aid for aid in aids}
    titles = {id_: aid["title"] for id_, aid in known.items()}
    lines: list[str] = []
    for verdict in ("eligible", "unknown", "not-eligible"):
        outcomes = [one for one in found.outcomes if one.verdict == verdict]
        if not outcomes:
            continue
        lines += ["", say(f"verdict.{verdict}")]
        for one in outcomes:
            aid = known[one.aid]
            title = aid["title"]
            if one.truth is not False:
                title = say("ask.line", title=title, amount=amount(one, lang))
            chosen = "" if one.aid in found.chosen or not one.truth else say("ask.not-chosen")
            lines.append(f"  {title}{chosen}")
            told = reasons(aid, one, lang, titles)
            lines += [f"    {_MARKS[effect]} {text}" for effect, text in told]
            link = aid["provenance"].get("source", {}).get("url")
            lines += [f"    {link}"] if link and one.truth is not False else []
    if not found.outcomes:
        lines += ["", say("ask.nothing")]
    if found.totals:
        lines += ["", say("ask.total", total=" + ".join(span(one, lang) for one in found.totals))]
    if found.missing:
        lines += ["", say("ask.more")]
        lines += [f"  {_asking(one.criterion, aids, lang)}" for one in found.missing[:_QUESTIONS]]
    sys.stdout.write("\n".join(lines[1:]) + "\n")


def _asking(name: str, aids: list[Any], lang: str) -> str:
    from mobstd.mobility_aid.facts import RECEIVED
    from mobstd.mobility_aid.wording import asked

    if name == RECEIVED:
        option = "|".join(("--received none", *_exclusive(aids)))
    else:
        option = f"--answer {name}=…"
    return f"{asked(name, aids, lang)}  ({option})"


_MARKS = {"for": "+", "against": "-", "open": "?", "reduces": "≤"}
"""What a reason does, in one sign."""
