"""The versions of OCSS that code of ours speaks, and which of them a model is of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

from mobstd.canon.standard import Version, find
from mobstd.models import Model
from mobstd.ocss.lifecycle import Lifecycle, lifecycle

__all__ = ["ALPHA", "PROPOSAL", "Edition", "edition", "edition_of"]


@dataclass(frozen=True)
class Edition:
    """One version, with its generated package; what is not needed is not imported.

    Attributes:
        number: the version, such as ``1.0-alpha``.
        package: where it was generated.
        request: the schema of what is posted to book.
    """

    number: str
    package: str
    request: str

    @property
    def standard(self) -> str:
        """The version with its name, such as ``ocss@1.0-alpha``."""
        return f"ocss@{self.number}"

    @property
    def version(self) -> Version:
        """Where its data is."""
        return find(self.standard)

    @property
    def lifecycle(self) -> Lifecycle:
        """How bookings go from status to status."""
        return lifecycle(self.standard)

    @cached_property
    def models(self) -> Any:
        """The module of its models."""
        return import_module(f"{self.package}.models")

    @cached_property
    def client(self) -> Any:
        """The module of its clients."""
        return import_module(f"{self.package}.client")

    @property
    def with_words(self) -> bool:
        """Whether words come with bookings and news of them, and every message names a booking."""
        return self.request != "booking"

    def waiting_for(self, side: str) -> str:
        """Return the status of a booking that waits for ``driver`` or ``passenger``."""
        named = f"WAITING_{side.upper()}_CONFIRMATION"
        return named if named in self.lifecycle.first else self.lifecycle.first[0]


ALPHA = Edition("1.0-alpha", "mobstd.ocss.generated.v1_0_alpha", "booking")
PROPOSAL = Edition("2.0-proposal", "mobstd.ocss.generated.v2_0_proposal", "booking-request")
_KNOWN = (ALPHA, PROPOSAL)


def edition(number: str) -> Edition:
    """Return the edition of a version, such as ``2.0-proposal``."""
    return next(one for one in _KNOWN if one.number == number)


def edition_of(document: Model) -> Edition:
    """Return the version that a model is of, also one of a class of your own below it."""
    modules = {kind.__module__ for kind in type(document).__mro__}
    return next(one for one in _KNOWN if f"{one.package}.models" in modules)
