"""What a check is that waits: it says when it wants to go on, and what it saw in the end."""

from __future__ import annotations

from collections.abc import Callable, Generator

from mobstd.conformance.lab import Lab
from mobstd.judging.finding import Result
from mobstd.judging.requirement import Check, Requirement

__all__ = ["Wait", "Waiting"]

Waiting = Generator[int, None, Result]
"""Yields the moments at which it goes on: seconds ahead of when the run began."""

Wait = Callable[[Check, Requirement, str, Lab], Waiting]
