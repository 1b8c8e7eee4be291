"""Another diff tool on our labelled pairs: api-smart-diff of npm, both ways, each side of a call.

    npm install --prefix FOLDER api-smart-diff@1.0.6
    python bench/smart-diff/compare.py FOLDER

"Breaking" is taken as that tool means it: who still speaks the old version is hurt. That is the
sender of a request and the reader of a response. Pairs of which only the meaning changes are left
out.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mobstd.canon.files import load

HERE = Path(__file__).parent
PAIRS: list[dict[str, Any]] = load(HERE.parents[1] / "tests/release/diff/pairs.yaml")
TURNED = {"sender": "reader", "reader": "sender"}
HURT = {"request": ("sender", "both"), "response": ("reader", "both")}


PLACES = {
    "request": "#/paths/~1pair/post/requestBody/content/application~1json/schema",
    "response": "#/paths/~1pair/post/responses/200/content/application~1json/schema",
}
"""Where a schema stands: in place, since it is judged twice where it is shared."""


def document(schema: Any, side: str) -> dict[str, Any]:
    """Return an API that takes what a schema allows, or gives it."""
    content = {"application/json": {"schema": placed_at(schema, PLACES[side])}}
    operation: dict[str, Any] = {"responses": {"200": {"description": "Given."}}}
    if side == "request":
        operation["requestBody"] = {"required": True, "content": content}
    else:
        operation["responses"]["200"]["content"] = content
    return {
        "openapi": "3.1.0",
        "info": {"title": "A pair", "version": "1.0"},
        "paths": {"/pair": {"post": operation}},
    }


def placed_at(schema: Any, root: str) -> Any:
    """Return a schema whose references lead to where it stands."""
    if isinstance(schema, dict):
        out = {key: placed_at(value, root) for key, value in schema.items()}
        if str(out.get("$ref", "")).startswith("#/") or out.get("$ref") == "#":
            out["$ref"] = root + out["$ref"][1:]
        return out
    return [placed_at(one, root) for one in schema] if isinstance(schema, list) else schema


def asked() -> Iterator[tuple[str, list[Any]]]:
    """Yield what is expected of a pair on one side, and its two documents."""
    for pair in PAIRS:
        back = pair.get("back", TURNED.get(pair["hurt"], pair["hurt"]))
        for old, new, hurt in (("old", "new", pair["hurt"]), ("new", "old", back)):
            if hurt == "unknown":
                continue
            for side, breaks in HURT.items():
                expected = "breaking" if hurt in breaks else "not breaking"
                yield f"{side}, {expected}", [document(pair[name], side) for name in (old, new)]


def main(folder: str) -> None:
    """Print the table."""
    every = list(asked())
    lines = "\n".join(json.dumps(pair, default=str) for _, pair in every)
    ran = subprocess.run(
        ["node", str(HERE / "compare.mjs"), str(Path(folder).resolve() / "node_modules")],
        input=lines, capture_output=True, text=True, check=True,
    )  # fmt: skip
    said = Counter(zip((expected for expected, _ in every), ran.stdout.split(), strict=True))
    for expected in dict.fromkeys(one for one, _ in every):
        found = {word: count for (one, word), count in said.most_common() if one == expected}
        print(f"{expected} ({sum(found.values())}):", found)


if __name__ == "__main__":
    main(sys.argv[1])
