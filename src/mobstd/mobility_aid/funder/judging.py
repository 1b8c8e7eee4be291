"""What the terms of an aid make of answers, documents and invoices."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from mobstd.mobility_aid.identifiers import is_siret
from mobstd.mobility_aid.timestamps import canonical

__all__ = ["answer_errors", "content_fits", "invoice_errors", "submission_errors"]

Places = Iterator[dict[str, str]]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MAGIC = {
    "application/pdf": (b"%PDF-",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
}
"""How files of a type begin."""


def _place(pointer: str, code: str) -> dict[str, str]:
    return {"pointer": pointer, "code": code}


def answer_errors(answers: Mapping[str, Any], terms: Mapping[str, Any]) -> Places:
    """Yield what is wrong with answers that were given; a draft may lack some."""
    fields = {field["key"]: field for field in terms["fields"]}
    for key, value in answers.items():
        field, at = fields.get(key), f"/answers/{key}"
        if field is None:
            yield _place(at, "unknown")
        elif code := _wrong(value, field):
            yield _place(at, code)
        elif field["type"] == "choices":
            yield from _choice_errors(value, field, at)


def _wrong(value: Any, field: Mapping[str, Any]) -> str | None:
    kind = field["type"]
    if kind == "boolean":
        return None if isinstance(value, bool) else "type"
    if kind == "number":
        right = isinstance(value, (int, float)) and not isinstance(value, bool)
        return _number(value) if right else "type"
    if kind == "choices":
        return None if isinstance(value, list) else "type"
    if not isinstance(value, str):
        return "type"
    if kind == "date":
        return None if _is_day(value) else "date"
    within = field.get("minimum", 0) <= len(value) <= field.get("maximum", len(value))
    return None if within else "length"


def _number(value: float) -> str | None:
    try:
        canonical(value)
    except ValueError:
        return "range"
    return None


def _is_day(text: str) -> bool:
    try:
        return bool(_DAY.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


def _choice_errors(chosen: Sequence[Any], field: Mapping[str, Any], at: str) -> Places:
    offered = {option["key"] for option in field["options"]}
    for place, one in enumerate(chosen):
        if one not in offered:
            yield _place(f"{at}/{place}", "not-offered")
        elif one in chosen[:place]:
            yield _place(f"{at}/{place}", "twice")
    if not field.get("minimum", 0) <= len(chosen) <= field.get("maximum", len(offered)):
        yield _place(at, "count")


def submission_errors(
    answers: Mapping[str, Any], documents: Sequence[Mapping[str, Any]], terms: Mapping[str, Any]
) -> Places:
    """Yield what is missing for a submission."""
    for field in terms["fields"]:
        if field["required"] and field["key"] not in answers:
            yield _place(f"/answers/{field['key']}", "required")
    answered = Counter(document["for"] for document in documents)
    for asked in terms["documents"]:
        if asked["required"] and not answered[asked["key"]]:
            yield _place("/documents", "required")


def content_fits(content: bytes, media: str) -> bool:
    """Say whether a file begins as those of its type do; of other types nothing is known."""
    begins = _MAGIC.get(media)
    return begins is None or content.startswith(begins)


def invoice_errors(invoice: Mapping[str, Any]) -> Places:
    """Yield what does not add up, and a number of the seller that is none."""
    siret = invoice["seller"].get("siret")
    if siret is None or not is_siret(siret):
        yield _place("/invoice/seller/siret", "siret")
    sums = {name: sum(Decimal(one[name]) for one in invoice["lines"]) for name in ("net", "tax")}
    for name, total in sums.items():
        if Decimal(invoice[name]) != total:
            yield _place(f"/invoice/{name}", "sum")
    if Decimal(invoice["total"]) != Decimal(invoice["net"]) + Decimal(invoice["tax"]):
        yield _place("/invoice/total", "sum")
    for place, line in enumerate(invoice["lines"]):
        rated = Decimal(line["net"]) * Decimal(line["taxRate"]) / 100
        if abs(rated - Decimal(line["tax"])) > Decimal("0.05"):
            yield _place(f"/invoice/lines/{place}/tax", "rate")
