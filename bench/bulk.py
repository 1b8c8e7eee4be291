"""Bulk validation of journeys as NDJSON, beside bare validators, in one run.

    python bench/bulk.py [JOURNEYS] [--npm FOLDER]

Writes so many invented journeys of about 1 KB (1,000,000 unless said) to a temporary folder, one
in a hundred of them wrong, and lets each contender read the same file, in a process of its own:
``mobstd validate`` on one process and on two, without overlay and with ``server``; orjson with bare
jsonschema-rs; ajv on Node, where the npm registry or FOLDER has it; fastjsonschema and jsonschema,
which read the first hundredth, since they are slow; and ``orjson.loads`` alone, the ceiling. All
check formats; each has to refuse as many as mobstd does. Prints journeys a second, by the clock
and by CPU seconds of all processes, each less what an empty file costs; the ratio to orjson with
bare jsonschema-rs, by the clock where there are several processes; and the peak memory of the
largest process. fastjsonschema knows draft 7 and is given the same keywords; needs ``orjson`` and
``fastjsonschema``, and says which contender it leaves out.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from preflight import write

from mobstd.canon.schemas import documents, schema_of
from mobstd.canon.standard import find

STANDARD = "carpool-proof@3.4"
WRONG = 100
FEW = 100
READ = """
import sys
import orjson
{prepare}
refused = 0
with open(sys.argv[1], "rb") as file:
    for line in file:
        refused += not accepts(orjson.loads(line))
print(refused)
"""
PREPARE = {
    "orjson.loads alone": "accepts = lambda document: True",
    "orjson + jsonschema-rs": (
        "import jsonschema_rs\n"
        "schema = orjson.loads(open(sys.argv[2], 'rb').read())\n"
        "accepts = jsonschema_rs.validator_for(schema, validate_formats=True).is_valid"
    ),
    "fastjsonschema": (
        "import fastjsonschema\n"
        "schema = orjson.loads(open(sys.argv[2], 'rb').read())\n"
        "schema['$schema'] = 'http://json-schema.org/draft-07/schema'\n"
        "judge = fastjsonschema.compile(schema)\n"
        "def accepts(document):\n"
        "    try:\n"
        "        judge(document)\n"
        "    except fastjsonschema.JsonSchemaValueException:\n"
        "        return False\n"
        "    return True"
    ),
    "jsonschema": (
        "from jsonschema import Draft202012Validator\n"
        "from mobstd.canon.formats import python_checker\n"
        "schema = orjson.loads(open(sys.argv[2], 'rb').read())\n"
        "accepts = Draft202012Validator(schema, format_checker=python_checker()).is_valid"
    ),
}
AJV = """
const fs = require("fs"), readline = require("readline");
const Ajv = require("ajv/dist/2020").default, formats = require("ajv-formats").default;
const ajv = new Ajv({strict: false, unicodeRegExp: false});
formats(ajv);
const accepts = ajv.compile(JSON.parse(fs.readFileSync(process.argv[3])));
let refused = 0;
const lines = readline.createInterface({input: fs.createReadStream(process.argv[2])});
lines.on("line", (line) => { if (!accepts(JSON.parse(line))) refused++; });
lines.on("close", () => console.log(refused));
"""
MOBSTD = """
import sys
from mobstd.cli import main
code = main(sys.argv[1:])
sys.exit(0 if code in (0, 1, 3) else code)
"""


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds by the clock, CPU seconds, peak megabytes, its last line."""

    clock: float
    cpu: float
    peak: float
    said: str


def run(words: Sequence[str | Path], folder: Path | None = None) -> Cost:
    """Run a process and measure it, with those that it starts."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as talk:
        since = time.perf_counter()
        process = subprocess.Popen(words, stdout=out, stderr=talk, cwd=folder)
        _, status, usage = os.wait4(process.pid, 0)
        clock = time.perf_counter() - since
        process.returncode = os.waitstatus_to_exitcode(status)
        talk.seek(0)
        if process.returncode:
            sys.exit(talk.read().decode())
        out.seek(0)
        said = (out.read().decode().strip().splitlines() or [""])[-1]
    return Cost(clock, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, said)


def whole(node: Any, every: Mapping[str, Mapping[str, Any]], base: str) -> Any:
    """Return a schema with what it refers to put in its place, and without its names."""
    if isinstance(node, list):
        return [whole(item, every, base) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return whole(every[base + node["$ref"]], every, base)
    left_out = ("$id", "$schema", "examples", "description", "title")
    return {
        name: whole(item, every, base)
        for name, item in node.items()
        if name not in left_out or not isinstance(item, (str, list))
    }


def spoil(file: Path) -> None:
    """Make every hundredth journey wrong: a day that no calendar has."""
    other = file.with_suffix(".right")
    file.rename(other)
    with other.open("rb") as right, file.open("wb") as mixed:
        for number, line in enumerate(right):
            if number % WRONG == 0:
                document = json.loads(line)
                document["start"]["datetime"] = "2026-02-30T06:00:00Z"
                line = json.dumps(document).encode() + b"\n"
            mixed.write(line)
    other.unlink()


def head(file: Path, count: int, to: Path) -> Path:
    """Write the first lines of a file to another."""
    with file.open("rb") as lines, to.open("wb") as some:
        for _, line in zip(range(count), lines, strict=False):
            some.write(line)
    return to


def contenders(folder: Path, npm: Path | None) -> Iterator[tuple[str, list[str | Path], bool]]:
    """Yield name, command (``FILE`` in the place of the file) and whether it reads but few."""
    version = find(STANDARD)
    journey = schema_of(version, "journey")
    base = journey["$id"].rpartition("/")[0] + "/"
    schema = folder / "schema.json"
    schema.write_text(json.dumps(whole(dict(journey), documents(version), base)))
    for name, prepare in PREPARE.items():
        script = READ.format(prepare=prepare)
        yield name, [sys.executable, "-c", script, "FILE", schema], name in ("jsonschema",)
    if node := with_ajv(folder, npm):
        yield "ajv", [*node, "FILE", schema], False
    judge = [sys.executable, "-c", MOBSTD, "validate", "FILE", "--limit", "1"]
    judge += ["--schema", f"{STANDARD}/journey"]
    for jobs in ("1", "2"):
        yield f"mobstd, {jobs} process{'es' * (jobs > '1')}", [*judge, "--jobs", jobs], False
    yield "mobstd, overlay server", [*judge, "--jobs", "1", "--overlay", "server"], False


def with_ajv(folder: Path, npm: Path | None) -> list[str] | None:
    """Return the command of ajv, or say why there is none."""
    node, client = shutil.which("node"), shutil.which("npm")
    if node and npm is None and client:
        words = [client, "install", "--silent", "--no-audit", "--no-fund", "ajv@8", "ajv-formats@3"]
        npm = folder if subprocess.run(words, cwd=folder, check=False).returncode == 0 else None
    if not node or npm is None:
        print("  ajv: left out, no Node or no npm registry")
        return None
    script = npm / "ajv-reads.cjs"
    script.write_text(AJV)
    return [node, str(script)]


def compared(folder: Path, count: int, npm: Path | None) -> None:
    """Measure all, and print a line each."""
    file = folder / "journeys.ndjson"
    write(file, count, 1)
    spoil(file)
    few = head(file, max(1000, count // FEW), folder / "few.ndjson")
    empty = head(file, 0, folder / "empty.ndjson")
    print(f"{count:,} journeys, {file.stat().st_size / 1e6:,.0f} MB, one in {WRONG} wrong")
    print(f"  {'':<24}{'clock':>11}{'CPU':>12}{'ratio':>9}{'peak':>9}")
    bare: tuple[float, float] | None = None
    for name, words, slow in contenders(folder, npm):
        read = few if slow else file
        total = min(count, max(1000, count // FEW)) if slow else count
        nothing, cost = (
            run([one if word == "FILE" else word for word in words]) for one in (empty, read)
        )
        clock = total / max(cost.clock - nothing.clock, 1e-9)
        cpu = total / max(cost.cpu - nothing.cpu, 1e-9)
        if name == "orjson + jsonschema-rs":
            bare = clock, cpu
        wrong = -(-total // WRONG)
        if name != "orjson.loads alone" and str(wrong) not in cost.said.replace(",", ""):
            sys.exit(f"{name} refuses otherwise than {wrong}: {cost.said}")
        ratio = "" if bare is None else f"{clock / bare[0] if '2' in name else cpu / bare[1]:.2f}"
        print(f"  {name:<24}{clock:>9,.0f}/s{cpu:>10,.0f}/s{ratio:>9}{cost.peak:>6.0f} MB")


def main() -> None:
    """Measure."""
    words = sys.argv[1:]
    npm = Path(words.pop(words.index("--npm") + 1)).resolve() if "--npm" in words else None
    counts = [int(word) for word in words if word != "--npm"]
    with tempfile.TemporaryDirectory() as folder:
        compared(Path(folder), counts[0] if counts else 1_000_000, npm)


if __name__ == "__main__":
    main()
