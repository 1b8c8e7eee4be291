"""What stood at a revision of the Git repository around the working folder."""

from __future__ import annotations

import atexit
import subprocess
import tarfile
from io import BytesIO
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from mobstd.errors import ConfigError

__all__ = ["around", "top", "whole"]


def around(revision: str, below: str) -> Path:
    """Return a folder that has ``below`` as it stood, and what stood beside it.

    It is gone when the program ends; so is that of ``whole``.

    Raises:
        ConfigError: without Git or a repository, and for what was not there.
    """
    folder = below.rpartition("/")[0] or "."
    try:
        archive = _git("archive", revision, folder, asked=f"{revision}:{below}")
    except ConfigError:
        archive = _git("archive", revision, below, asked=f"{revision}:{below}")
    return _extracted(archive)


def top() -> Path:
    """Return the folder of the repository around the working folder.

    Raises:
        ConfigError: without Git or a repository.
    """
    return Path(_git("rev-parse", "--show-toplevel", asked=".").decode().strip())


def whole(revision: str, *below: str) -> Path:
    """Return a folder that has what stood in the repository; only what is named where it is.

    Raises:
        ConfigError: without Git or a repository, and for what was not there.
    """
    asked = f"{revision}:{' '.join(below)}".removesuffix(":")
    return _extracted(_git("archive", revision, *below, asked=asked, folder=top()))


def _extracted(archive: bytes) -> Path:
    kept = Path(mkdtemp(prefix="mobstd-revision-"))
    atexit.register(rmtree, kept, ignore_errors=True)  # its documents are read when they are needed
    with tarfile.open(fileobj=BytesIO(archive)) as tar:
        tar.extractall(kept, filter="data")
    return kept


def _git(*words: str, asked: str, folder: Path | None = None) -> bytes:
    if any(word.startswith("-") for word in words[1:]) and words[0] == "archive":
        raise ConfigError("diff.no-git", asked=asked, why=words[1])  # an option is no revision
    try:
        done = subprocess.run(
            ["git", *words], cwd=folder, capture_output=True, check=False, timeout=60
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise ConfigError("diff.no-git", asked=asked, why=str(error)) from None
    if done.returncode:
        why = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise ConfigError("diff.no-git", asked=asked, why=(why or ["?"])[-1])
    return done.stdout
