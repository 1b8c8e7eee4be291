"""A foreign standard of two versions, whose every text tries to leave its place."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import yaml

from mobstd.canon.root import Root, at
from mobstd.canon.standard import find
from mobstd.release.edition.sequel import sequel, write_sequel
from mobstd.release.starter import starter, write_starter

TODAY = date(2026, 11, 28)
NAME = "shared-benches"
HOSTILE = (
    "<script>alert(1)</script> `</code>` ``` ~~~ <img src=x onerror=alert(1)> {{ 7*7 }} {% raw %}"
    " [x](javascript:alert(1)) $x$ | ---\n```{raw} html\n<b>out</b>\n```\n# Heading & *more*"
)


def benches(folder: Path, text: str = "") -> Root:
    """Make the standard; its texts are ``text`` where there is one."""
    write_starter(starter(NAME, today=TODAY, title="Shared benches"), folder)
    root = at(folder)
    made = sequel(find(f"{NAME}@1.0-draft", (root,)), f"{NAME}@1.1-draft", TODAY)
    write_sequel(made.files, folder)
    if text:
        _say(folder, text)
    return root


def _say(folder: Path, text: str) -> None:
    both = {"en": text, "fr": text}
    for path in sorted(folder.rglob("*.yaml")) + sorted(folder.rglob("*.json")):
        if path.name.endswith("lint.yaml"):
            continue
        value = yaml.safe_load(path.read_text("utf-8"))
        write = json.dumps if path.suffix == ".json" else yaml.safe_dump
        path.write_text(write(_with(value, text, both)), "utf-8")


def _with(value: object, text: str, both: dict[str, str]) -> object:
    """Return a value with every text for people replaced; YAML reads JSON too."""
    if isinstance(value, list):
        return [_with(one, text, both) for one in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"en", "fr"}:
        return both
    told = ("description", "summary", "title")
    return {
        key: text if key in told and isinstance(one, str) else _with(one, text, both)
        for key, one in value.items()
    }
