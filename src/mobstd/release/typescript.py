"""TypeScript types of an OpenAPI document, by openapi-typescript, which npx fetches."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from mobstd.errors import ConfigError, MissingExtra

__all__ = ["TOOLS", "types"]

TOOLS = ("openapi-typescript@7.13.0", "typescript@5.9.3")
"""Pinned, so that the same document gives the same types."""

PATIENCE = 180


def types(files: Mapping[Path, str]) -> dict[Path, str]:
    """Return ``types/<role>.d.ts`` for each OpenAPI 3.1 document among the files.

    Raises:
        MissingExtra: where Node is not there.
        ConfigError: where the tool fails, such as without a network the first time.
    """
    npx = shutil.which("npx")
    if npx is None:
        raise MissingExtra("bundle.no-node")
    made: dict[Path, str] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, text in files.items():
            if file.parent.name != "openapi" or file.stem.endswith("-3.0"):
                continue
            (folder / "api.json").write_text(text, "utf-8")
            packages = [word for tool in TOOLS for word in ("-p", tool)]
            command = [npx, "--yes", *packages, "openapi-typescript", "api.json", "-o", "api.d.ts"]
            _run(command, folder)
            made[Path("types", f"{file.stem}.d.ts")] = (folder / "api.d.ts").read_text("utf-8")
    return made


def _run(command: list[str], folder: Path) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigError("bundle.types-failed", reason=type(error).__name__) from None
    if done.returncode or not (folder / "api.d.ts").is_file():
        words = done.stdout.decode("utf-8", "replace").strip().splitlines() or ["?"]
        raise ConfigError("bundle.types-failed", reason=words[-1][:200])
