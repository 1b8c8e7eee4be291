"""What a person says in words, as the answers of a situation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from mobstd.canon.schemas import validator_of
from mobstd.canon.standard import find
from mobstd.canon.validator import Validator
from mobstd.errors import ConfigError
from mobstd.messages import Words
from mobstd.mobility_aid.importing.places import official, plain
from mobstd.mobility_aid.members import epci_of
from mobstd.mobility_aid.places import above
from mobstd.mobility_aid.registry import VERSION, criteria, districts

__all__ = ["answered", "commune_of", "home", "kind_of", "options"]

_CODE = re.compile(r"[0-9][0-9AB][0-9]{3}")
_SUM = re.compile(r"(0|[1-9][0-9]{0,8})(?:[.,]([0-9]{1,4}))?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_YES = ("yes", "y", "true", "oui", "o", "vrai")
_NO = ("no", "n", "false", "non", "faux")
_SHOWN = 8
_LONGEST = 200


@cache
def _judge() -> Validator:
    return validator_of(find(VERSION), "answers")


@cache
def _communes() -> Mapping[str, tuple[str, ...]]:
    """Return the codes of communes by their plain name."""
    found: dict[str, tuple[str, ...]] = {}
    for code, meanings in official().items():
        for kind, name in meanings:
            if kind == "commune":
                found[plain(name)] = (*found.get(plain(name), ()), code)
    return found


def commune_of(place: str) -> str:
    """Return the code of the commune that is meant by a code, or by a name that one alone has.

    Raises:
        ConfigError: where there is none, or several have the name.
    """
    said = place.strip()[:_LONGEST]
    code = said.upper()
    if _CODE.fullmatch(code):
        if code in districts() or any(kind == "commune" for kind, _ in official().get(code, ())):
            return code
        raise ConfigError("aids.no-such-commune", value=said)
    found = _communes().get(plain(said), ())
    if len(found) == 1:
        return found[0]
    if not found:
        raise ConfigError("aids.no-such-place", value=said)
    shown = ", ".join(map(_told, found[:_SHOWN])) + (", …" if len(found) > _SHOWN else "")
    raise ConfigError("aids.several-places", value=said, codes=shown)


def _told(commune: str) -> str:
    """Return the code of a commune, with the department by which one knows it from others."""
    department = above("department", commune, None)
    names = dict(official().get(department or "", ()))
    return f"{commune} ({names['department']})" if "department" in names else commune


def home(commune: str) -> dict[str, str]:
    """Return what follows from the commune where a person lives."""
    epci = epci_of(commune)
    return {"residence.commune": commune, **({"residence.epci": epci} if epci else {})}


def kind_of(criterion: str, own: Mapping[str, str]) -> str | None:
    """Return the type of an answer; ``own`` are the types of the questions of aids."""
    known = criteria().get(criterion)
    return own.get(criterion) or (known.type if known else None)


def options(criterion: str) -> tuple[str, ...]:
    """Return the answers of a choice; empty for what is none."""
    known = criteria().get(criterion)
    return known.values if known else ()


def answered(criterion: str, text: str, own: Mapping[str, str]) -> Any:
    """Return an answer as a situation has it.

    Args:
        criterion: what it answers.
        text: in words: a number, ``yes``, one of the words of a choice, a commune.
        own: the types of the questions of aids themselves.

    Raises:
        ConfigError: where it can't be read.
    """
    kind, said = kind_of(criterion, own), text.strip()[:_LONGEST]
    if kind is None or kind == "aid":
        raise ConfigError("aids.no-such-question", value=criterion)
    found = _read(criterion, kind, said)
    if found is None or any(True for _ in _judge().problems({criterion: found})):
        takes = Words(f"aids.takes.{kind}", {"words": ", ".join(options(criterion))})
        raise ConfigError("aids.bad-answer", question=criterion, takes=takes)
    return found


def _read(criterion: str, kind: str, said: str) -> Any:
    if kind == "boolean":
        word = plain(said)
        return True if word in _YES else False if word in _NO else None
    if kind in ("number", "money"):
        return _number(kind, re.sub(r"[\s€]", "", said))
    if kind == "choice":
        known = criteria().get(criterion)
        words = _listed(said) if known and known.multiple else [said]
        if known and not set(words) <= set(known.values):
            return None
        return words if known and known.multiple else said or None
    if kind == "area" and criterion.endswith(".commune"):
        return commune_of(said)
    if kind == "date":
        return said if _DAY.fullmatch(said) else None
    return said or None


def _number(kind: str, said: str) -> Any:
    match = _SUM.fullmatch(said)
    if match is None:
        return None
    text = match[1] if match[2] is None else f"{match[1]}.{match[2]}"
    if kind == "money":
        return text
    return int(text) if match[2] is None else float(text)


def _listed(said: str) -> list[str]:
    parts: Iterable[str] = (one.strip() for one in said.split(","))
    return list(dict.fromkeys(one for one in parts if one))
