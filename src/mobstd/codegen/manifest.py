"""What was generated, from what, by which generator: without dates, hosts or absolute paths."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version as installed
from pathlib import Path

from mobstd.canon.standard import Version
from mobstd.codegen.render import PRESET

__all__ = ["manifest"]


def manifest(version: Version, outputs: Mapping[Path, str]) -> str:
    """Return the text of ``MANIFEST.json`` for the files of one version."""
    inputs = sorted([*version.folder.glob("*.schema.json"), *version.folder.glob("openapi/*.yaml")])
    settings = {key: version.source.get(key) for key in ("status", "models")}
    content = {
        "standard": str(version),
        "generator": {
            "mobstd": _generator(),
            "datamodel-code-generator": installed("datamodel-code-generator"),
            "preset": PRESET,
        },
        "inputs": {
            "source.yaml (status, models)": _hash(json.dumps(settings, sort_keys=True).encode()),
            **{
                path.relative_to(version.folder).as_posix(): _hash(path.read_bytes())
                for path in inputs
            },
        },
        "outputs": {path.name: _hash(text.encode()) for path, text in sorted(outputs.items())},
    }
    return json.dumps(content, indent=2) + "\n"


def _generator() -> str:
    """Return the hash of the generator itself: it changes what comes out as much as inputs do."""
    folder = Path(__file__).parent
    files = sorted(path for suffix in ("*.py", "*.jinja2") for path in folder.rglob(suffix))
    return _hash(b"\0".join(path.read_bytes() for path in files))


def _hash(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
