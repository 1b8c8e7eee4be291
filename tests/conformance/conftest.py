from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from mobstd.conformance.profile import Profile
from mobstd.conformance.run import Options, check
from mobstd.ocss.reference import build
from mobstd.transport import AsgiSender

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
STANDARD = "ocss@1.0-alpha"


@pytest.fixture
def judged() -> Iterator[Callable[..., dict[str, Any]]]:
    """Judge an app in process: ``judged(app, seed=1, max_requests=40...)``."""
    senders: list[AsgiSender] = []

    def run(app: Any, profile: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        sender = AsgiSender(app)
        senders.append(sender)
        options.setdefault("now", NOW)
        options.setdefault("with_fuzz", False)
        options.setdefault("sleep", lambda seconds: None)
        target = Profile("test:app", STANDARD, **(profile or {}))
        return check(sender, target, Options(**options))

    yield run
    for sender in senders:
        sender.close()


@pytest.fixture
def reference() -> Callable[..., Any]:
    """Build the reference operator at the fixed now."""

    def make(**options: Any) -> Any:
        options.setdefault("count", 1500)
        return build(now=int(NOW.timestamp()), **options)

    return make
