"""What a wrong implementation sends by itself: to a partner, in place of what it should send."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from mobstd.judging.condition import Call, asked
from mobstd.judging.fault import Edit, Variant
from mobstd.judging.json_draft import JsonDraft

__all__ = ["Outgoing"]

SENDING = ("omit", "hold", "repeat")


class Outgoing:
    """Says what is sent in place of each document; it remembers what is held back.

    Args:
        variants: faults and twins; those without ``call`` leave everything as it is.

    Attributes:
        touched: how many documents were sent otherwise, or not.
    """

    def __init__(self, variants: Iterable[Variant]) -> None:
        self._variants = tuple(variant for variant in variants if variant.call)
        self._seen: Counter[str] = Counter()
        self._held: list[Any] = []
        self.touched = 0

    def __call__(self, operation: str, document: Any) -> list[Any]:
        """Return the documents to send to an operation now, in their order."""
        self._seen[operation] += 1
        nth = self._seen[operation]
        sent = [document]
        for variant in self._variants:
            call = Call((), json.dumps(document).encode(), nth)
            if variant.concerns(operation) and asked(variant.when, call):
                sent = [one for each in sent for one in self._edited(variant, each, nth)]
        self.touched += json.dumps(sent) != json.dumps([document])
        if self._held and sent:
            sent += self._held
            self._held = []
        return sent

    def _edited(self, variant: Variant, document: Any, nth: int) -> list[Any]:
        draft = JsonDraft(json.dumps(document).encode(), nth)
        for edit in variant.call:
            if edit.op not in SENDING:
                draft.edit(edit)
        found = [json.loads(draft.text())]
        for edit in variant.call:
            if edit.op == "omit":
                return []
            if edit.op == "hold":
                self._held += found
                return []
            if edit.op == "repeat":
                found.append(_again(found[0], edit, nth))
        return found


def _again(document: Any, edit: Edit, nth: int) -> Any:
    draft = JsonDraft(json.dumps(document).encode(), nth)
    if "fresh" in edit.params:
        draft.edit(Edit("uuid", {"at": edit["fresh"], "each": True}))
    return json.loads(draft.text())
