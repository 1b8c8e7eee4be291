"""Where the data is: inside the wheel, in a checkout, or in a folder that the user names."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mobstd.errors import CanonError, ConfigError

__all__ = ["Root", "at", "packaged"]


@dataclass(frozen=True)
class Root:
    """A folder with ``schemas/`` and ``conformance/`` in it."""

    folder: Path

    @property
    def schemas(self) -> Path:
        """``schemas/<standard>/<version>/``."""
        return self.folder / "schemas"

    @property
    def conformance(self) -> Path:
        """``conformance/<standard>/``."""
        return self.folder / "conformance"


@cache
def packaged() -> Root:
    """Return the data that came with mobstd.

    An editable install has no ``_data``: the checkout itself is the root then.

    Raises:
        CanonError: where mobstd was installed without its data.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "_data", package.parents[1]):
        if (folder / "schemas").is_dir() and (folder / "conformance").is_dir():
            return Root(folder)
    raise CanonError("canon.no-data", folder=str(package))


def at(folder: Path | str) -> Root:
    """Return the root at ``folder``.

    Raises:
        ConfigError: where there is no ``schemas`` folder in it.
    """
    path = Path(folder).resolve()
    if not (path / "schemas").is_dir():
        raise ConfigError("canon.not-a-root", folder=str(path))
    return Root(path)
