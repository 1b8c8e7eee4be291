"""What differs between two versions that follow each other: one function up, one down."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mobstd.canon.schemas import validator_of
from mobstd.canon.standard import find
from mobstd.carpool_proof.migration import eldest
from mobstd.carpool_proof.migration.part import Note, Part, Step
from mobstd.judging.pointer import join

__all__ = ["STEPS"]


_OLD_FRAUD, _FRAUD = "interoperator_fraud", "interoperator_overlap"
_TOO_MANY = "too_many_trips_by_day"
_OLD_REFUSAL, _REFUSAL = -32600, -32422
_ID = re.compile(r"[0-9A-Za-z_-]{1,256}")
_PHONE = re.compile(r"\+[0-9]{9,12}")


def _objects(value: Any, at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each object of a document with its pointer."""
    if isinstance(value, dict):
        yield at, value
    pairs: Any = value.items() if isinstance(value, dict) else ()
    for key, child in enumerate(value) if isinstance(value, list) else pairs:
        yield from _objects(child, at + join([key]))


def _same(part: Part) -> Part:
    return part


# 3.0 and 3.1: ids and numbers get a form, receipts an envelope, frauds more labels


def _to_3_1(part: Part) -> Part:
    if part.schema == "journey-receipt":
        inner = _formed(part)
        if inner.document is None:
            return Part("journey-created", None, inner.notes)
        result = {"meta": None, "data": inner.document}
        return Part("journey-created", {"id": 1, "jsonrpc": "2.0", "result": result}, inner.notes)
    if part.schema == "rpc-error" and (labels := _old_labels(part.document)):
        error = {"code": _REFUSAL, "message": "Unprocessable Request"}
        error["data"] = {"terms_violation_labels": labels}
        return Part("terms-refusal", {**part.document, "error": error})
    if part.schema == "journey-status":
        labels = part.document.get("fraud_error_labels", ())
        notes = tuple(
            Note("migration-label", "approximated", f"/fraud_error_labels/{place}")
            for place, label in enumerate(labels)
            if label == _OLD_FRAUD
        )
        _relabel(part.document, {_OLD_FRAUD: _FRAUD})
        formed = _formed(part)
        return Part(part.schema, formed.document, (*notes, *formed.notes))
    return _formed(part)


def _formed(part: Part) -> Part:
    """Return the document where its ids and numbers have the form that 3.1 asks for."""
    notes = [
        Note("migration-form", "missing", f"{at}/{name}")
        for at, one in _objects(part.document)
        for name, form in (("operator_journey_id", _ID), ("phone_trunc", _PHONE))
        if name in one and not form.fullmatch(str(one[name]))
    ]
    return Part(part.schema, None if notes else part.document, tuple(notes))


def _old_labels(document: Any) -> list[str]:
    """Return the terms that an error of 3.0 says are broken; empty where it is another error."""
    error = document["error"]
    data = error.get("data")
    known = find("carpool-proof@3.1")
    listed = isinstance(data, list) and error.get("code") == _OLD_REFUSAL
    if listed and validator_of(known, "terms-data").is_valid({"terms_violation_labels": data}):
        return list(data)
    return []


def _to_3_0(part: Part) -> Part:
    document, notes = part.document, []
    if part.schema in ("journey-created", "created-result"):
        result = document if part.schema == "created-result" else document["result"]
        return Part("journey-receipt", result["data"])
    if part.schema == "terms-refusal":
        labels = document["error"]["data"]["terms_violation_labels"]
        error = {"code": _OLD_REFUSAL, "message": "Invalid Request", "data": labels}
        return Part("rpc-error", {**document, "error": error})
    if part.schema == "journey-status":
        labels = document.get("fraud_error_labels", ())
        notes = [
            Note("migration-label", "approximated", f"/fraud_error_labels/{place}")
            for place, label in enumerate(labels)
            if label != _FRAUD
        ]
        _relabel(document, dict.fromkeys(labels, _OLD_FRAUD))
    for at, one in _objects(document):
        if part.schema in ("journey", "driver", "passenger", "identity"):
            notes += _dropped(one, at, "application_timestamp")
    return Part(part.schema, document, tuple(notes))


def _relabel(document: dict[str, Any], words: Mapping[str, str]) -> None:
    if "fraud_error_labels" in document:
        new = [words.get(label, label) for label in document["fraud_error_labels"]]
        document["fraud_error_labels"] = list(dict.fromkeys(new))


def _dropped(one: dict[str, Any], at: str, name: str) -> list[Note]:
    if name not in one:
        return []
    del one[name]
    return [Note("migration-member", "lost", f"{at}/{name}")]


# 3.1 and 3.2: the registry's id of a journey


def _down_to_3_1(part: Part) -> Part:
    if part.schema != "journey-status":
        return part
    notes = _dropped(part.document, "", "journey_id")
    return Part(part.schema, part.document, tuple(notes))


# 3.2 and 3.3: labels of frauds may be objects


def _down_to_3_2(part: Part) -> Part:
    labels = part.document.get("fraud_error_labels") if part.schema == "journey-status" else None
    if not labels:
        return part
    kept, notes = [], []
    for place, label in enumerate(labels):
        if isinstance(label, str):
            kept.append(label)
            continue
        at = f"/fraud_error_labels/{place}"
        if "label" in label:
            kept.append(label["label"])
        others = [name for name in label if name != "label"]
        notes += [Note("migration-member", "lost", at + join([name])) for name in others]
        if not label:
            notes.append(Note("migration-member", "lost", at))
    return Part(part.schema, {**part.document, "fraud_error_labels": kept}, tuple(notes))


# 3.3 and 3.4: what was counted of a refusal


def _to_3_4(part: Part) -> Part:
    notes = []
    for at, one in _objects(part.document) if part.schema.startswith("terms-") else ():
        if "terms_violation_labels" in one:
            labels = one["terms_violation_labels"]
            one["terms_violation_error_details"] = [{"label": label} for label in labels]
            if _TOO_MANY in labels:
                place = labels.index(_TOO_MANY)
                notes.append(
                    Note("migration-count", "missing", f"{at}/terms_violation_labels/{place}")
                )
    return Part(part.schema, part.document, tuple(notes))


def _down_to_3_3(part: Part) -> Part:
    notes = []
    for at, one in _objects(part.document) if part.schema.startswith("terms-") else ():
        if "terms_violation_error_details" in one:
            for place, detail in enumerate(one.pop("terms_violation_error_details")):
                name = f"{at}/terms_violation_error_details/{place}"
                if detail["label"] not in one["terms_violation_labels"]:
                    notes.append(Note("migration-member", "lost", name))
                elif set(detail) - {"label"}:
                    notes.append(Note("migration-count", "lost", name))
    return Part(part.schema, part.document, tuple(notes))


STEPS: Mapping[tuple[str, str], Step] = {
    ("2.0", "3.0"): eldest.up,
    ("3.0", "2.0"): eldest.down,
    ("3.0", "3.1"): _to_3_1,
    ("3.1", "3.0"): _to_3_0,
    ("3.1", "3.2"): _same,
    ("3.2", "3.1"): _down_to_3_1,
    ("3.2", "3.3"): _same,
    ("3.3", "3.2"): _down_to_3_2,
    ("3.3", "3.4"): _to_3_4,
    ("3.4", "3.3"): _down_to_3_3,
}
"""From one version to the next or the one before, by both numbers."""
