"""Makes a reference implementation behave wrongly, or otherwise, by the name of a behaviour."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from mobstd.errors import UnknownName

__all__ = ["mislead"]

Service = TypeVar("Service")


def mislead(
    service: Service,
    names: Iterable[str],
    behaviours: Mapping[str, Callable[[Service], None]],
) -> None:
    """Have a service behave as names say; what stands behind ``@`` is the operation.

    Raises:
        UnknownName: for a behaviour that is not there.
    """
    for name in names:
        wanted = name.partition("@")[0]
        if wanted not in behaviours:
            known = ", ".join(sorted(behaviours))
            raise UnknownName("serving.unknown-behaviour", wanted=wanted, known=known)
        behaviours[wanted](service)
