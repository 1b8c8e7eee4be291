"""Documents of a schema drawn at random, from a seed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from random import Random
from typing import Any

from mobstd.release.diff.instance import Builder
from mobstd.release.diff.node import Node, token

__all__ = ["sample"]

_POOL = 120
_DEPTH = 4


def sample(builder: Builder, node: Node, other: Node, random: Random, count: int) -> Iterator[Any]:
    """Yield up to so many documents that a node accepts, near its borders and another one's."""
    pools: dict[tuple[int, ...], list[Any]] = {}
    for _ in range(count):
        value = _drawn(builder, node, other, random, pools, 0)
        if builder.judge.accepts(node, value):
            yield value


def _drawn(
    builder: Builder,
    node: Node,
    other: Node,
    random: Random,
    pools: dict[tuple[int, ...], list[Any]],
    depth: int,
) -> Any:
    key = (*node.key, *other.key)
    if key not in pools:
        near = islice(builder.near(node, other), _POOL)
        good = {token(v): v for v in near if builder.judge.accepts(node, v)}
        pools[key] = list(good.values()) or [None]
    value = random.choice(pools[key])
    if depth >= _DEPTH:
        return value
    if isinstance(value, dict) and value:
        names = [*value, *(n for n in node.known if n not in value)]
        out = dict(value)
        for name in random.sample(names, min(len(names), 3)):
            child, counterpart = node.child(name).node, other.child(name).node
            if random.random() < 0.3 and name not in node.required:
                out.pop(name, None)
            elif not child.never:
                out[name] = _drawn(builder, child, counterpart, random, pools, depth + 1)
        return out
    if isinstance(value, list) and value:
        place = random.randrange(len(value))
        out_list = list(value)
        out_list[place] = _drawn(
            builder, node.item(place), other.item(place), random, pools, depth + 1
        )
        return out_list
    return value
