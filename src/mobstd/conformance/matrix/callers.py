"""What is said of who calls: conversations that are right, and each with one thing wrong in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.standard import Version
from mobstd.conformance.matrix.measure import ENDS, TWIN_ENDS
from mobstd.conformance.report.exchanges import from_json
from mobstd.judging.catalogue import callers
from mobstd.judging.context import Context
from mobstd.judging.finding import Finding
from mobstd.judging.judge import judge, settle

__all__ = ["Conversation", "conversations", "counted"]


@dataclass(frozen=True)
class Conversation:
    """Exchanges of one caller, of ``calls/*.json``, and what is to be said of them.

    Attributes:
        id: of the vector: that of a row and a word where it breaks that row.
        role: whom it calls.
        wrong: whether it is a right one with one thing wrong.
        expected: requirement, pointer and code of each finding.
    """

    id: str
    role: str
    exchanges: Sequence[Mapping[str, Any]]
    wrong: bool
    expected: frozenset[tuple[str, str, str]]

    @property
    def row(self) -> str:
        """The row that it breaks."""
        return self.id.partition("/")[0]

    def judged(self, version: Version) -> Mapping[str, Sequence[Finding]]:
        """Return what is found, by row that had evidence."""
        seen = [from_json(one, f"x{number}") for number, one in enumerate(self.exchanges, 1)]
        settled = settle(judge(seen, Context(callers(version, self.role))))
        return {row: [f for tally in all_ for f in tally.findings] for row, all_ in settled.items()}


def conversations(version: Version) -> Iterator[Conversation]:
    """Yield the conversations of a version, right ones and wrong ones."""
    from jsonpatch import apply_patch

    folder = version.conformance / "calls"
    every: dict[str, Mapping[str, Any]] = {
        one["id"]: one for path in sorted(folder.glob("*.json")) for one in load(path)
    }
    for name, one in every.items():
        if version.version not in one.get("versions", (version.version,)):
            continue
        whole = every[one.get("twin_of", name)]
        params = {**_params(whole, version), **_params(one, version)}
        yield Conversation(
            name,
            whole["calls"],
            _filled(apply_patch(whole["exchanges"], one.get("edit", [])), params),
            "twin_of" in one,
            frozenset(
                (f["requirement"], f["pointer"], f["code"]) for f in one["expect"]["findings"]
            ),
        )


def _params(one: Mapping[str, Any], version: Version) -> Mapping[str, Any]:
    values: Mapping[str, Any] = one.get("params", {}).get(version.version, {})
    return values


def _filled(value: Any, params: Mapping[str, Any]) -> Any:
    """Replace ``$name`` by what the version says."""
    match value:
        case str():
            return params.get(value[1:], value) if value.startswith("$") else value
        case dict():
            return {name: _filled(item, params) for name, item in value.items()}
        case list():
            return [_filled(item, params) for item in value]
        case _:
            return value


def counted(version: Version) -> dict[str, Any] | None:
    """Return how many wrong ones are found under their own row alone, and right ones clean.

    ``None`` where a version has no conversations.
    """
    rows = {row for role in version.roles for row in callers(version, role).rows}
    faults = dict.fromkeys(("seeded", *ENDS), 0)
    twins = dict.fromkeys(("seeded", *TWIN_ENDS), 0)
    for one in conversations(version):
        found = {row for row, findings in one.judged(version).items() if findings}
        if one.wrong:
            end = "killed" if found == {one.row} else "killed-collateral" if found else "survived"
            rows.discard(one.row)
        else:
            end = "flagged" if found else "clean"
        counts = faults if one.wrong else twins
        counts["seeded"] += 1
        counts[end] += 1
    if not faults["seeded"]:
        return None
    return {"faults": faults, "twins": twins, "rows_without_fault": sorted(rows)}
