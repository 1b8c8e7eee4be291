"""The result as a page, and an overview of all that is committed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.standard import Version
from mobstd.conformance.digest import committed
from mobstd.conformance.matrix.measure import ENDS, TWIN_ENDS
from mobstd.conformance.matrix.mutant import the_catalogue
from mobstd.serving.faults import load_faults

__all__ = ["callers_told", "markdown", "overview", "page_of"]


def page_of(version: Version) -> str:
    """Return the name of the page of a version, without its suffix."""
    return f"{version.name}-{version.version}"


def overview(versions: Iterable[Version]) -> str:
    """Return a page that lists the committed results, each with a link to its own page."""
    lines = [
        "# What the suite finds",
        "",
        "Written by `make matrix`; do not edit. A fault makes a reference implementation wrong; it",
        "has to be reported under its own row, and under no other but its umbrellas. A twin is a",
        "legal variant, and has to bring nothing. Wrong callers are conversations with one thing",
        "wrong in them, as `--judge` hears them.",
        "",
        "| | faults | under their own row alone | beside it, or on another | unseen | twins "
        "| clean | wrong callers | under their own row alone | measured with |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for version in versions:
        if committed(version).is_file():
            result = load(committed(version))
            faults, twins = result["faults"], result["twins"]
            callers = (result["callers"] or {"faults": {}})["faults"]
            cells = [
                f"[{version}](kill-matrix/{page_of(version)}.md)",
                faults["seeded"] - faults["equivalent"],
                faults["killed"],
                faults["killed-collateral"],
                faults["survived"] + faults["unreached"],
                twins["seeded"],
                twins["clean"],
                callers.get("seeded", "-"),
                callers.get("killed", "-"),
                result["tier"],
            ]
            lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def markdown(version: Version, result: Mapping[str, Any], rival: Mapping[str, Any] | None) -> str:
    """Return the result as a page."""
    faults, twins = result["faults"], result["twins"]
    rows = the_catalogue(version).rows
    reasons = {f.id: f.equivalent for f in load_faults(version) if f.equivalent}
    lines = [
        f"# What the suite finds in {version}",
        "",
        "Written by `make matrix`; do not edit. Each fault makes the reference implementation",
        "wrong in one operation, and has to be reported under its own row and under no other but",
        "its umbrellas. Each twin is a legal variant, and has to bring nothing.",
        f"Measured with {result['tier']}.",
        "",
        "| | seeded | killed | killed-collateral | survived | unreached | equivalent |",
        "|---|---|---|---|---|---|---|",
        _line("faults", faults, ("seeded", *ENDS)),
        "",
        "| | seeded | clean | flagged | unreached |",
        "|---|---|---|---|---|",
        _line("twins", twins, ("seeded", *TWIN_ENDS)),
        "",
        f"Exit codes that contradict the verdict: {result['exit_codes']['wrong']}. Faults found",
        f"per 1,000 requests: {result['requests']['found_per_1000']}.",
        "",
        f"State: `{result['hash'][:16]}` (catalogue `{result['state']['catalogue'][:12]}`, suite",
        f"`{result['state']['suite'][:12]}`, faults `{result['state']['faults'][:12]}`, twins",
        f"`{result['state']['twins'][:12]}`).",
        "",
        *callers_told(result),
    ]
    if rival is not None:
        lines += [*_beside(result, rival), ""]
    troubles = [
        cell for cell in result["cells"] if cell["end"] not in ("killed", "clean", "equivalent")
    ]
    if troubles:
        lines += ["## Not as it should be", "", "| mutant | end | other rows |", "|---|---|---|"]
        lines += [
            f"| `{c['name']}` | {c['end']} | {', '.join(c.get('others', ()))} |" for c in troubles
        ]
        lines.append("")
    if reasons:
        lines += ["## Equivalent", ""]
        lines += [f"- `{name}`: {why['en']}" for name, why in reasons.items()]
        lines.append("")
    if result["rows_without_fault"]:
        lines += ["## Checked rows without a fault", ""]
        lines += [f"- {name}: {rows[name].title['en']}" for name in result["rows_without_fault"]]
        lines.append("")
    lines += [
        "## By row",
        "",
        "| row | | seeded | killed | killed-collateral | survived | unreached | equivalent |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, counts in result["rows"].items():
        title = rows[name].title["en"] if name in rows else ""
        lines.append(_line(f"{name} | {title}", counts, ("seeded", *ENDS)))
    return "\n".join(lines) + "\n"


def callers_told(result: Mapping[str, Any]) -> list[str]:
    """Return the section on who calls, where there is something to say."""
    callers = result["callers"]
    if callers is None:
        return []
    return [
        "## Who calls",
        "",
        "Conversations of `calls/`: right ones, and each with one thing wrong in it, judged as",
        "`mobstd serve --judge` does.",
        "",
        "| | seeded | killed | killed-collateral | survived | unreached | equivalent |",
        "|---|---|---|---|---|---|---|",
        _line("faults", callers["faults"], ("seeded", *ENDS)),
        "",
        "| | seeded | clean | flagged | unreached |",
        "|---|---|---|---|---|",
        _line("twins", callers["twins"], ("seeded", *TWIN_ENDS)),
        "",
    ]


def _line(name: str, counts: Mapping[str, int], keys: Sequence[str]) -> str:
    return "| " + " | ".join([name, *(str(counts[key]) for key in keys)]) + " |"


def _beside(result: Mapping[str, Any], rival: Mapping[str, Any]) -> list[str]:
    return [
        f"## Beside bare schemathesis {rival['version']}",
        "",
        "The same mutants, the same bundled document, default settings without its stateful phase.",
        "It is told which operation is wrong and tries only that one. It knows no rows: a failure",
        "that the unchanged reference does not show counts as found.",
        "",
        "| | mutants | found | requests | found per 1,000 requests |",
        "|---|---|---|---|---|",
        f"| mobstd | {rival['mutants']} | {rival['ours']} | {rival['our_requests']} "
        f"| {1000 * rival['ours'] / max(1, rival['our_requests']):.1f} |",
        f"| schemathesis | {rival['mutants']} | {rival['found']} | {rival['requests']} "
        f"| {1000 * rival['found'] / max(1, rival['requests']):.1f} |",
    ]
