"""What starting mobstd loads, by name, and what it costs over bare Python.

    python bench/imports.py

CPU milliseconds (user and system) of a fresh interpreter, best of several interleaved rounds, above
one that does nothing. Exits 1 where something heavy is loaded that should not be.
"""

from __future__ import annotations

import resource
import subprocess
import sys

ROUNDS = 11
HEAVY = (
    "anyio",
    "certifi",
    "datamodel_code_generator",
    "httpcore",
    "httpx",
    "hypothesis",
    "jinja2",
    "jsonschema",
    "jsonschema_rs",
    "pydantic",
    "pytest",
    "requests",
    "rich",
    "schemathesis",
    "starlette",
    "uvicorn",
    "yaml",
)
HELP = "import sys; sys.argv = ['mobstd', '--help']; import mobstd.cli; mobstd.cli.main()"
CASES = {
    "import mobstd": ("import mobstd", HEAVY, 25),
    "mobstd --help": (HELP, HEAVY, 150),
    "import mobstd.ocss": ("import mobstd.ocss", HEAVY, None),
    "import mobstd.transport": ("import mobstd.transport", HEAVY, None),
    "from pydantic import BaseModel": ("from pydantic import BaseModel", (), None),
    "import mobstd.ocss.v1_0": (
        "import mobstd.ocss.v1_0",
        tuple(name for name in HEAVY if name != "pydantic"),
        None,
    ),
}
"""Name to code, what it must not load, and the aim in CPU milliseconds."""


def cpu(code: str) -> float:
    """Return the CPU milliseconds of a fresh interpreter that runs the code."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-I", "-c", code], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1000


def loaded(code: str) -> set[str]:
    """Return the top-level modules that are there afterwards."""
    show = "\nfinally:\n import sys; print(*sys.modules, file=sys.stderr)"
    quiet = f"try:\n {code}{show}"
    done = subprocess.run(
        [sys.executable, "-I", "-c", quiet], capture_output=True, text=True, check=False
    )
    return {name.partition(".")[0] for name in done.stderr.split()}


def main() -> int:
    best = dict.fromkeys(["", *CASES], float("inf"))
    for _ in range(ROUNDS):
        for name in best:
            best[name] = min(best[name], cpu(CASES[name][0] if name else "pass"))
    print(f"bare Python {best['']:.0f} ms; the others above it, best of {ROUNDS}")
    wrong = 0
    for name, (code, forbidden, aim) in CASES.items():
        found = sorted(loaded(code) & set(HEAVY))
        bad = sorted(set(found) & set(forbidden))
        wrong += bool(bad)
        note = f"(aim {aim})" if aim else ""
        heavy = ", ".join(found) or "nothing heavy"
        print(f"{name:31} {best[name] - best['']:6.0f} ms {note:10} loads {heavy}")
        if bad:
            print(f"  should not load: {', '.join(bad)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
