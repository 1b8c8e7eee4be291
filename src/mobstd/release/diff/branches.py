"""The branches of ``anyOf`` and ``oneOf``: which of two versions belong together."""

from __future__ import annotations

import json
from collections.abc import Sequence

from mobstd.release.diff.node import Book, Node, Part, token

__all__ = ["disjoint", "paired"]

Pairs = list[tuple[Part | None, Part | None]]


def disjoint(book: Book, branches: Sequence[Part]) -> bool:
    """Say whether no value can fit two of the branches, as far as can be seen."""
    nodes = [book.node(branch) for branch in branches]
    return all(_apart(one, two) for place, one in enumerate(nodes) for two in nodes[place + 1 :])


def _apart(one: Node, two: Node) -> bool:
    if one.never or two.never or not one.types & two.types:
        return True
    if one.finite is not None and two.finite is not None:
        return not {token(v) for v in one.finite} & {token(v) for v in two.finite}
    if one.types & two.types != {"object"}:
        return False
    for name in {**one.required, **two.required}:
        first, second = one.child(name).node, two.child(name).node
        if name in one.required and name in two.required:
            if first.finite is not None and second.finite is not None and _apart(first, second):
                return True
            if not first.types & second.types:
                return True
        elif (second if name in one.required else first).never:
            return True
    return False


def _label(book: Book, branch: Part) -> str:
    """Return what a branch is known by: its title, or the values that tell it apart."""
    node = book.node(branch)
    titles = node.values("title")
    if titles:
        return f"title {titles[0]}"
    for name in node.required:
        only = node.child(name).node.finite
        if only is not None and len(only) == 1:
            return f"{name} {token(only[0])}"
    return ""


def _shape(book: Book, branch: Part) -> str:
    node = book.node(branch)
    said = [{k: v for k, v in part.items() if k not in ("$ref", "allOf")} for part in node.parts]
    return json.dumps(said, sort_keys=True, default=str)


def _alike(book: Book, one: Part, other: Book, two: Part) -> int:
    first, second = book.node(one), other.node(two)
    score = 10 * len(first.types & second.types) - 10 * len(first.types ^ second.types)
    names = set(first.names), set(second.names)
    return score + 3 * len(names[0] & names[1]) - len(names[0] ^ names[1])


def paired(book: Book, old: Sequence[Part], other: Book, new: Sequence[Part]) -> Pairs:
    """Return the branches in pairs; one that has no counterpart stands with ``None``."""
    left, right = list(old), list(new)
    pairs: Pairs = []
    for known in (_shape, _label):
        for one in list(left):
            mark = known(book, one)
            two = next((r for r in right if mark and known(other, r) == mark), None)
            if two is not None:
                pairs.append((one, two))
                left.remove(one)
                right.remove(two)
    while left and right:
        scored = [(_alike(book, one, other, two), one, two) for one in left for two in right]
        score, one, two = max(scored, key=lambda row: row[0])
        if score <= -10:
            break
        pairs.append((one, two))
        left.remove(one)
        right.remove(two)
    return [*pairs, *((one, None) for one in left), *((None, two) for two in right)]
