"""Generated requests: schemathesis makes them from what exploration found, our sender sends them.

The one module that touches schemathesis; only its public ``as_strategy`` is used.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

from mobstd.canon.openapi import bundle
from mobstd.conformance.lab import Lab
from mobstd.errors import MissingExtra

__all__ = ["cases", "fuzz", "nothing_kept"]

LONGEST = 4000
"""Characters of a query that no server may be blamed for refusing."""


Pairs = list[tuple[str, str]]


@contextmanager
def nothing_kept() -> Iterator[None]:
    """Give Hypothesis a home for the while: what it keeps there is not left with the user."""
    from hypothesis.configuration import set_hypothesis_home_dir, storage_directory

    home = storage_directory(intent_to_write=False).path
    with TemporaryDirectory() as folder:
        set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            set_hypothesis_home_dir(home)


def cases(lab: Lab, operation: str, count: int, seed: int) -> list[tuple[str, Pairs]]:
    """Return about ``count`` generated queries of one operation, each with its mode.

    A third of them has the required values of a query that found something, and generated ones
    beside: without that, every search would be empty.

    Raises:
        MissingExtra: where schemathesis is not installed.
    """
    try:
        import schemathesis
    except ImportError:
        raise MissingExtra("engine.no-schemathesis") from None
    catalogue = lab.context.catalogue
    config = schemathesis.Config.from_dict(
        {
            "seed": seed,
            "generation": {"database": "none", "allow-x00": False},
            "cache": {"enabled": False},
        }
    )
    document = bundle(catalogue.version, catalogue.role)
    schema = schemathesis.openapi.from_dict(document, config=config)
    described = catalogue.operations[operation]
    generated = schema[described.path][described.method]
    positive, negative = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
    modes: tuple[tuple[str, Any, int, dict[str, Any]], ...] = (
        ("positive", positive, count - 2 * (count // 3), _known(lab, operation)),
        ("positive", positive, count // 3, {}),
        ("negative", negative, count // 3, {}),
    )
    with nothing_kept():
        return [
            (name, query)
            for name, mode, wanted, known in modes
            if wanted > 0
            for query in _generated(
                generated.as_strategy(generation_mode=mode, query=known or None), wanted, seed
            )
        ]


def _generated(strategy: Any, wanted: int, seed: int) -> list[Pairs]:
    """Draw from a strategy: the same for the same seed, nothing kept on disk."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded

    drawn: list[Pairs] = []

    @seeded(seed)
    @settings(
        max_examples=wanted,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def collect(case: Any) -> None:
        drawn.append(_pairs(case.query))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        collect()
    return drawn


def _known(lab: Lab, operation: str) -> dict[str, Any]:
    """Return the required values of a query that found something."""
    anchor = next(iter(lab.anchors.get(operation, ())), None)
    query = anchor.query if anchor else lab.controls.get(operation, {})
    described = lab.context.catalogue.operations[operation]
    return {
        name: value
        for name, value in query.items()
        if (parameter := described.parameter(name)) is not None and parameter.required
    }


def _pairs(query: Any) -> Pairs:
    pairs: Pairs = []
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


def _sendable(pairs: Pairs) -> bool:
    text = "".join(name + value for name, value in pairs)
    return len(text) <= LONGEST and not any(0xD800 <= ord(char) <= 0xDFFF for char in text)


def _interleaved(
    lab: Lab, operations: list[str], seed: int
) -> Iterator[tuple[str, tuple[str, Pairs]]]:
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
    for operation, (mode, pairs) in _interleaved(lab, operations, seed):
        if _sendable(pairs):
            lab.session.ask(operation, {}, "fuzz", negative=mode == "negative", extra=tuple(pairs))
