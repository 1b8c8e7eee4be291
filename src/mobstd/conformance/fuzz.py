"""Generated requests: schemathesis makes them from what exploration found, our sender sends them.

The one module that touches schemathesis; only its public ``as_strategy`` is used.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

from mobstd.canon.openapi import bundle
from mobstd.conformance.lab import Lab
from mobstd.conformance.session import PhaseSpent, Stopped
from mobstd.errors import MissingExtra

__all__ = ["cases", "fuzz"]

LONGEST = 4000
"""Characters of a query that no server may be blamed for refusing."""


def cases(lab: Lab, operation: str, count: int, seed: int) -> list[tuple[str, str]] | Any:
    """Return ``count`` generated queries of one operation, as lists of pairs, with their mode.

    Raises:
        MissingExtra: where schemathesis is not installed.
    """
    try:
        import schemathesis
    except ImportError:
        raise MissingExtra("engine.no-schemathesis") from None
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded

    catalogue = lab.context.catalogue
    config = schemathesis.Config.from_dict(
        {
            "seed": seed,
            "parameters": _known(lab, operation),
            "generation": {"database": "none", "allow-x00": False},
            "cache": {"enabled": False},
        }
    )
    document = bundle(catalogue.version, catalogue.role)
    schema = schemathesis.openapi.from_dict(document, config=config)
    described = catalogue.operations[operation]
    generated = schema[described.path][described.method]
    found: list[tuple[str, list[tuple[str, str]]]] = []
    modes = (
        ("positive", schemathesis.GenerationMode.POSITIVE, count - count // 3),
        ("negative", schemathesis.GenerationMode.NEGATIVE, count // 3),
    )
    for name, mode, wanted in modes:
        if wanted <= 0:
            continue

        @seeded(seed)
        @settings(
            max_examples=wanted,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=generated.as_strategy(generation_mode=mode))
        def collect(case: Any, name: str = name) -> None:
            found.append((name, _pairs(case.query)))

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            collect()
    return found


def _known(lab: Lab, operation: str) -> dict[str, Any]:
    """Return values that found something, so that generated queries reach data."""
    anchor = next(iter(lab.anchors.get(operation, ())), None)
    query = anchor.query if anchor else lab.controls.get(operation, {})
    described = lab.context.catalogue.operations[operation]
    return {
        f"query.{name}": value
        for name, value in query.items()
        if (parameter := described.parameter(name)) is not None and parameter.required
    }


def _pairs(query: Any) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, value in (query or {}).items():
        if isinstance(value, (list, tuple)):
            pairs.append((str(name), ",".join(_text(item) for item in value)))
        else:
            pairs.append((str(name), _text(value)))
    return pairs


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value)


def _sendable(pairs: list[tuple[str, str]]) -> bool:
    text = "".join(name + value for name, value in pairs)
    return len(text) <= LONGEST and not any(0xD800 <= ord(char) <= 0xDFFF for char in text)


def _interleaved(lab: Lab, operations: list[str], seed: int) -> Iterator[tuple[str, Any]]:
    share = max(2, lab.session.left // max(1, len(operations)))
    queues = [(op, iter(cases(lab, op, share, seed))) for op in operations]
    while queues:
        for operation, queue in list(queues):
            case = next(queue, None)
            if case is None:
                queues.remove((operation, queue))
            else:
                yield operation, case


def fuzz(lab: Lab, operations: list[str], seed: int) -> None:
    """Send generated requests until the phase's budget is spent."""
    try:
        for operation, (mode, pairs) in _interleaved(lab, operations, seed):
            if _sendable(pairs):
                lab.session.ask(
                    operation, {}, "fuzz", negative=mode == "negative", extra=tuple(pairs)
                )
    except (PhaseSpent, Stopped) as end:
        raise end
