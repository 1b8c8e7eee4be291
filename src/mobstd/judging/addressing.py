"""From a method and a path to the operation that is meant, with what stands before its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mobstd.canon.openapi import Operation

__all__ = ["bases", "operation_at"]


def bases(
    operations: Mapping[str, Operation], method: str, path: str
) -> Iterator[tuple[str, Operation]]:
    """Yield each base path under which a request asks for an operation, with the operation."""
    wanted = "GET" if method == "HEAD" else method
    for operation in operations.values():
        if operation.method in (method, wanted):
            found = operation.path_pattern.search(path)
            if found:
                yield path[: found.start()], operation


def operation_at(
    operations: Mapping[str, Operation], method: str, path: str, base: str
) -> str | None:
    """Return the operation that a request asks for below a base path, or ``None``."""
    return next((op.id for at, op in bases(operations, method, path) if at == base), None)
