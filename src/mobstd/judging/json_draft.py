"""A JSON document that is being edited, by the edits of faults and twins."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from mobstd.judging.body_edit import BACKWARDS, BODY, NEW
from mobstd.judging.condition import canonical
from mobstd.judging.fault import Edit
from mobstd.judging.place import Place, places, spelled, where
from mobstd.judging.pointer import MISSING, get, join, steps

__all__ = ["JsonDraft"]


class JsonDraft:
    """A JSON value that is being edited.

    Args:
        body: the bytes of a JSON document.
        nth: the number of the exchange, for what is another at each.

    Attributes:
        changed: whether anything in it was.

    Raises:
        ValueError: where it is no JSON.
    """

    def __init__(self, body: bytes, nth: int = 0) -> None:
        self._holder: dict[str, Any] = {"": json.loads(body)}
        self._original: Any = json.loads(body)
        self._nth = nth
        self.changed = False

    @property
    def value(self) -> Any:
        """The document as it is now."""
        return self._holder[""]

    def edit(self, edit: Edit) -> None:
        """Make one edit, at every place that it names."""
        found = list(places(Place(self._holder, "", ()), steps(edit["at"])))
        if edit.op not in NEW or "**" in edit["at"]:
            found = [place for place in found if place.there]
        if "where" in edit.params:
            found = [place for place in found if where(edit["where"], place)]
        found = self._picked(found, edit)
        if edit.op in BACKWARDS:
            found.reverse()
        for place in found:
            self.changed |= BODY[edit.op](place, edit, self._nth)

    def text(self) -> bytes:
        """Return the document as it is sent."""
        text = json.dumps(self.value, ensure_ascii=False, separators=(",", ":"))
        return spelled(text).encode("utf-8", "surrogatepass")

    def _picked(self, places: list[Place], edit: Edit) -> list[Place]:
        pick = edit.get("pick", "all")
        if pick == "first":
            return places[:1]
        if pick == "last":
            return places[-1:]
        if pick == "odd":
            return places[1::2]
        if pick == "all":
            return places
        among = int(pick.rpartition("-")[2])
        return [place for place in places if self._drawn(place, edit.get("by", ""), among)]

    def _drawn(self, place: Place, by: str, among: int) -> bool:
        """Say whether the item that the place is in is one of every ``among``."""
        item: Any = self._original
        for place_, step in enumerate(place.path):
            if isinstance(step, int):
                found = get(self._original, join(place.path[: place_ + 1]))
                item = item if found is MISSING else found
                break
        key = get(item, by)
        digest = hashlib.sha256(canonical(item if key is MISSING else key).encode()).digest()
        return int.from_bytes(digest[:4], "big") % among == 0
