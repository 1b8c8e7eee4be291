"""What changed between two reports: findings, outcomes, verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mobstd.conformance.report import view
from mobstd.conformance.report.view import names, shown, visible, word
from mobstd.errors import UsageError

__all__ = ["compare", "render"]

VERDICTS = ("conforming", "inconclusive", "non-conforming")
OUTCOMES = ("passed", "warned", "failed")
COMPARED = ("severity", "blame", "expected", "pointer")


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return the differences as a JSON value.

    ``worse`` is true where a finding is new or grew severe, a row that passed failed or warned,
    or a verdict fell. A finding whose row was not tried again is ``unseen``, not ``gone``.

    Raises:
        UsageError: where the two are about different standards or roles.
    """
    for what in (("standard", "id"), ("role",)):
        before, after = _at(old, what), _at(new, what)
        if before != after:
            raise UsageError("report.not-comparable", old=str(before), new=str(after))
    before, after = _findings(old), _findings(new)
    tried = {r["id"] for r in new["requirements"] if r["outcome"] in OUTCOMES}
    missing = [entry for key, entry in before.items() if key not in after]
    found = {
        "new": [entry for key, entry in after.items() if key not in before],
        "gone": [entry for entry in missing if entry["requirement"] in tried],
        "unseen": [entry for entry in missing if entry["requirement"] not in tried],
        "changed": [c for key in before if key in after for c in _changed(before[key], after[key])],
        "outcomes": list(_outcomes(old, new)),
        "verdicts": list(_verdicts(old, new)),
    }
    severer = any(c["new"]["severity"] == "error" != c["old"]["severity"] for c in found["changed"])
    fell = any(entry["worse"] for entry in (*found["outcomes"], *found["verdicts"]))
    return {
        "old": _about(old),
        "new_report": _about(new),
        "differs": list(_ground(old, new)),
        **found,
        "worse": bool(found["new"]) or severer or fell,
    }


def _at(report: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = report
    for step in path:
        value = value[step]
    return value


def _about(report: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "standard": names(report),
        "target": report["target"]["name"],
        "now": report["now"],
        "seed": report["seed"],
        "verdict": report["verdict"],
    }


def _ground(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Yield what else is different, and may explain the rest."""
    paths = {
        "version": ("standard", "version"),
        "catalogue": ("suite", "catalogue"),
        "target": ("target", "name"),
        "profile": ("profile", "hash"),
        "seed": ("seed",),
    }
    for name, path in paths.items():
        if _at(old, path) != _at(new, path):
            yield name


def _findings(report: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in report["requirements"]:
        for finding in row["findings"]:
            entry = {"requirement": row["id"], **finding}
            entry.pop("curl", None)
            entry.pop("exchanges", None)
            found.setdefault(finding["fingerprint"], entry)
    return found


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    members = [name for name in COMPARED[:3] if old[name] != new[name]]
    if members:
        yield {
            "fingerprint": new["fingerprint"],
            "requirement": new["requirement"],
            "members": members,
            "old": {name: old[name] for name in COMPARED},
            "new": {name: new[name] for name in COMPARED},
        }


def _outcomes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    before = {row["id"]: row["outcome"] for row in old["requirements"]}
    for row in new["requirements"]:
        was, now = before.pop(row["id"], None), row["outcome"]
        if was != now:
            worse = now in OUTCOMES[1:] and (
                was not in OUTCOMES or OUTCOMES.index(now) > OUTCOMES.index(was)
            )
            yield {"requirement": row["id"], "old": was, "new": now, "worse": worse}
    for name, was in before.items():
        yield {"requirement": name, "old": was, "new": None, "worse": False}


def _verdicts(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    before = {block["id"]: block["verdict"] for block in old["blocks"]}
    after = {block["id"]: block["verdict"] for block in new["blocks"]}
    for block in dict.fromkeys((*before, *after)):
        was, now = before.get(block), after.get(block)
        if was != now:
            worse = bool(was and now) and VERDICTS.index(str(now)) > VERDICTS.index(str(was))
            yield {"block": block, "old": was, "new": now, "worse": worse}


def render(diff: Mapping[str, Any], lang: str = "en") -> str:
    """Return the differences for people."""
    lines = [
        word("diff", f"of-{which}", lang, target=visible(about["target"]), now=about["now"])
        for which, about in (("old", diff["old"]), ("new", diff["new_report"]))
    ]
    for name in diff["differs"]:
        lines.append("  " + word("diff", f"differs-{name}", lang))
    for entry in diff["verdicts"]:
        was, now = (word("verdict", entry[k] or "none", lang) for k in ("old", "new"))
        said = view.pair(entry["block"], f"{was} -> {now}", lang)
        lines.append(f"{_mark(entry['worse'])} {said}")
    for kind, mark in (("new", "+"), ("changed", "~"), ("gone", "-"), ("unseen", "?")):
        if diff[kind]:
            lines += ["", word("diff", kind, lang, count=len(diff[kind]))]
            lines += [f"  {mark} {line}" for entry in diff[kind] for line in _lines(entry, lang)]
    if diff["outcomes"]:
        lines += ["", word("diff", "outcomes", lang, count=len(diff["outcomes"]))]
        for entry in diff["outcomes"]:
            was, now = (word("outcome", entry[k] or "none", lang) for k in ("old", "new"))
            said = view.pair(entry["requirement"], f"{was} -> {now}", lang)
            lines.append(f"  {_mark(entry['worse'])} {said}")
    lines += ["", word("diff", "worse" if diff["worse"] else "not-worse", lang)]
    return "\n".join(lines) + "\n"


def _mark(worse: bool) -> str:
    return "!" if worse else " "


def _lines(entry: Mapping[str, Any], lang: str) -> Iterator[str]:
    head = f"{entry['fingerprint']}  {entry['requirement']}"
    if "message" in entry:
        yield f"{head}  {entry['operation'] or '-'}  {visible(entry['message'][lang])}"
    else:
        changes = (
            f"{name}: {shown(entry['old'][name], 60)} -> {shown(entry['new'][name], 60)}"
            for name in entry["members"]
        )
        yield f"{head}  {'; '.join(changes)}"
