"""An aid as an incentive of Mon Compte Mobilité."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from mobstd.judging.mapping import Mapped, Source
from mobstd.mob.generated.v1_21 import STANDARD
from mobstd.mob.mapping.aids import LEVELS, aid_from_incentive
from mobstd.mob.mapping.modes import MODES, WORDS

__all__ = ["incentive_from_aid"]

_TYPES = {level: word for word, level in LEVELS.items()}
_LINK = re.compile(r"https?://([a-zA-Z0-9-]+\.)+[a-zA-Z0-9-]+(:[0-9]+)?([/?#][!-~]*)?")


def incentive_from_aid(
    aid: Mapping[str, Any],
    *,
    territory_id: str | None = None,
    funder_id: str | None = None,
    territory: Mapping[str, Any] | None = None,
    funder: Mapping[str, Any] | None = None,
    today: date | None = None,
) -> Mapped:
    """Return the incentive that an aid is.

    An aid that was an incentive, and that nobody edited, comes back as it was, without a loss.

    Args:
        aid: an ``aid`` of mobility-aid.
        territory_id: the platform's name for where it applies; its codes say nothing there.
        funder_id: the platform's name for who pays.
        territory: what ``aid_from_incentive`` was given, for an aid that was an incentive.
        funder: likewise.
        today: likewise; and an aid that ended before is refused by the platform.

    Returns:
        A document without ``id``, which the platform gives; ``None`` where it lacks what the
        platform requires.
    """
    original = aid.get("provenance", {}).get("original", {})
    if original.get("format") == "mob":
        record = original["record"]
        again = aid_from_incentive(record, territory=territory, funder=funder, today=today)
        if again.document == aid:
            return Mapped("incentive", dict(record))
    source = Source(aid, STANDARD)
    found: dict[str, Any] = {}
    for pointer in ("/schemaVersion", "/language", "/currency", "/provenance/original"):
        source.take(pointer)
    for pointer, code in (
        ("/id", "mob-id-lost"),
        ("/provenance/source", "mob-source-lost"),
        ("/territory/include", "mob-codes-lost"),
    ):
        if source.look(pointer) is not None:
            source.note(code, "lost", pointer)
    found["title"], found["description"] = source.take("/title"), source.take("/description")
    found["incentiveType"] = _TYPES.get(str(source.take("/level")))
    _given(source, found, "territoryIds", [territory_id] if territory_id else None, "/territory")
    _given(source, found, "funderId", funder_id, "/funders")
    _given(source, found, "conditions", source.take("/eligibility/text"), "/eligibility")
    source.take("/eligibility/coverage")
    words = source.take("/payment/text") or source.take("/application/text")
    _given(source, found, "paymentMethod", words, "/payment")
    _amounts(source, found)
    _modes(source, found)
    labels = [source.take(f"/documents/{at}/label") for at, _ in _each(source, "/documents")]
    _set(found, "attachments", labels)
    _set(found, "additionalInfos", source.take("/additionalInfo"))
    contact = [source.take(f"/contact/{name}") for name in ("text", "url", "email", "phone")]
    _set(found, "contact", "\n".join(part for part in contact if part))
    _validity(source, found, today)
    _application(source, found)
    for pointer in ("/provenance/createdAt", "/provenance/updatedAt"):
        source.take(pointer)
    losses = source.losses()
    lacking = any(loss.kind == "missing" for loss in losses)
    return Mapped("incentive", None if lacking else found, losses)


def _set(found: dict[str, Any], member: str, value: Any) -> None:
    if value:
        found[member] = value


def _given(source: Source, found: dict[str, Any], member: str, value: Any, at: str) -> None:
    if value:
        found[member] = value
    else:
        source.note("mob-required", "missing", at)


def _each(source: Source, pointer: str) -> list[tuple[int, Any]]:
    items = source.look(pointer)
    return list(enumerate(items)) if isinstance(items, list) else []


def _amounts(source: Source, found: dict[str, Any]) -> None:
    """Write what is given as words: those of the aid where there are any."""
    given, least = [], []
    for at, benefit in _each(source, "/benefits"):
        here = f"/benefits/{at}"
        amount = benefit["amount"]
        words = source.take(f"{here}/text") or amount.get("text")
        if not words and amount["type"] == "fixed":
            words = f"{amount['value']} {source.look('/currency')}"
        if amount["type"] == "text":
            source.take(f"{here}/amount")
        else:
            source.note("mob-amount", "approximated", f"{here}/amount")
            source.take(f"{here}/amount")
        if benefit["kind"] == "other":
            source.take(f"{here}/kind")
        given.append(words)
        least.append(source.take(f"{here}/minimumText"))
    whole = "\n".join(given) if all(given) else None
    _given(source, found, "allocatedAmount", whole, "/benefits")
    stated = [words for words in least if words]
    if stated:
        found["minAmount"] = "\n".join(stated)
    else:
        source.note("mob-no-minimum", "missing", "/benefits/0/minimumText")


def _modes(source: Source, found: dict[str, Any]) -> None:
    words = []
    for at, mode in _each(source, "/modes"):
        word = WORDS.get(mode)
        if word is None:
            source.note("mob-no-word", "lost", f"/modes/{at}")
            continue
        source.take(f"/modes/{at}")
        if MODES[word] != mode:
            source.note("mob-mode-detail", "approximated", f"/modes/{at}")
        words.append(word)
    _given(source, found, "transportList", list(dict.fromkeys(words)), "/modes")


def _validity(source: Source, found: dict[str, Any], today: date | None) -> None:
    end = source.take("/validity/end")
    _set(found, "validityDate", end)
    if end and today and end < today.isoformat():
        source.note("mob-ended", "missing", "/validity/end")
    words = source.take("/validity/text") or source.take("/validity/duration")
    _set(found, "validityDuration", words)


def _application(source: Source, found: dict[str, Any]) -> None:
    through = source.take("/application/subscribable", False)
    found["isMCMStaff"] = through
    if source.take("/application/checkMode") == "automatic":
        found["subscriptionCheckMode"] = "AUTOMATIQUE"
    for at, channel in _each(source, "/application/channels"):
        url = channel.get("url")
        if channel["type"] == "online" and url and _LINK.fullmatch(url):
            source.take(f"/application/channels/{at}")
            found["subscriptionLink"] = url
            return
    if not through:
        source.note("mob-no-link", "missing", "/application/channels")
