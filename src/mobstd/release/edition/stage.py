"""Where a version stands with its group: draft, consultation, approved, withdrawn.

``stages`` of ``source.yaml`` has every decision, with its date, who decided, and the minutes. What
was released is frozen: who withdraws or deprecates it says so in the index of versions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from mobstd.canon.standard import Version
from mobstd.errors import ConfigError
from mobstd.messages import render
from mobstd.release.edition.index import index_of

__all__ = ["STAGES", "Decision", "Standing", "begun", "decided", "lines", "standing"]

STAGES = ("draft", "consultation", "approved", "withdrawn")
BLOCK = re.compile(r"^stages:[ \t]*(?:#.*)?\n(?:[ \t]*(?:-|#|[ \t]).*\n)*", re.MULTILINE)


@dataclass(frozen=True)
class Decision:
    """A word of the group on a version.

    Attributes:
        stage: one of ``STAGES``.
        day: when.
        by: who decided, bodies or organisations; ``approved`` and ``withdrawn`` need one.
        minutes: the address of where it is written down.
    """

    stage: str
    day: date
    by: tuple[str, ...] = ()
    minutes: str | None = None

    def record(self) -> dict[str, Any]:
        """Return who, when and where, as contracts have it."""
        said = {"date": self.day.isoformat(), "by": list(self.by)}
        return {**said, "minutes": self.minutes} if self.minutes else said


@dataclass(frozen=True)
class Standing:
    """What is known of a version: its last stage, and what the index of versions says of it."""

    stage: str | None
    day: str | None
    by: tuple[str, ...]
    minutes: str | None
    deprecated: str | None = None
    end_of_life: str | None = None
    replaced_by: str | None = None


def standing(version: Version) -> Standing:
    """Return where a version stands; a release that was withdrawn is so by the index.

    Raises:
        ConfigError: where the index of versions can't be read.
    """
    index = index_of(version.root.folder, version.name)
    row: Mapping[str, Any] = next(
        (one for one in index["versions"] if one["version"] == version.version), {}
    )
    last: Mapping[str, Any] = (version.source.get("stages") or [{}])[-1]
    if row.get("withdrawn"):
        last = {"stage": "withdrawn", **row["withdrawn"]}
    return Standing(
        last.get("stage"),
        last.get("date"),
        tuple(last.get("by", ())),
        last.get("minutes"),
        row.get("deprecated"),
        row.get("end_of_life"),
        row.get("replaced_by"),
    )


def lines(found: Standing, lang: str) -> Iterator[str]:
    """Yield what is known of where a version stands; nothing where nobody said anything."""
    if found.stage is not None:
        stage = render(f"edition.stage.{found.stage}", {}, lang)
        by = ", ".join(found.by)
        code = "edition.standing.by" if by else "edition.standing.on"
        yield render(code, {"stage": stage, "day": found.day, "by": by}, lang)
    if found.minutes:
        yield render("edition.standing.minutes", {"url": found.minutes}, lang)
    if found.deprecated:
        said = {"day": found.deprecated, "other": found.replaced_by}
        code = "edition.standing.replaced" if found.replaced_by else "edition.standing.deprecated"
        yield render(code, said, lang)
    if found.end_of_life:
        yield render("edition.standing.end", {"day": found.end_of_life}, lang)


def decided(text: str, decision: Decision) -> str:
    """Return a ``source.yaml`` with one decision more; every other line stays as it is.

    Raises:
        ConfigError: where the decision is of nobody, has no minutes that can be found, or is
            before the last one.
    """
    if decision.stage in ("approved", "withdrawn") and not decision.by:
        raise ConfigError("edition.decided-by-nobody", stage=decision.stage)
    if decision.minutes is not None and not re.fullmatch(r"https?://\S+", decision.minutes):
        raise ConfigError("edition.bad-minutes", value=decision.minutes)
    found = BLOCK.search(text)
    day = decision.day.isoformat()
    if found is None:
        return f"{text.rstrip()}\nstages:\n{_line(decision)}"
    later = max(re.findall(r"\bdate: *[\"']?([0-9-]{10})", found[0]), default="")
    if later > day:
        raise ConfigError("edition.decided-before", day=day, last=later)
    block = f"{found[0].rstrip()}\n{_line(decision)}"
    return f"{text[: found.start()]}{block}{text[found.end() :]}"


def begun(text: str, day: date) -> str:
    """Return a ``source.yaml`` whose stages begin again, with a draft."""
    said = f"stages:\n{_line(Decision('draft', day))}"
    return BLOCK.sub(lambda _: said, text, count=1)


def _line(decision: Decision) -> str:
    by = f", by: {json.dumps(list(decision.by), ensure_ascii=False)}" if decision.by else ""
    where = f", minutes: {json.dumps(decision.minutes)}" if decision.minutes else ""
    return f"  - {{stage: {decision.stage}, date: {decision.day.isoformat()}{by}{where}}}\n"
