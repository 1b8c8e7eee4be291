"""Requests and answers of an operation, as small as can be, held against the other side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mobstd.release.diff.api import Answer, Operation, Placed
from mobstd.release.diff.instance import Builder, Unbuildable
from mobstd.release.diff.judge import Judge
from mobstd.release.diff.node import Node

__all__ = ["Side", "answer_of", "documented", "refusals", "request_of"]


@dataclass(frozen=True)
class Side:
    """What makes nodes of the schemas of one side."""

    node: Any
    judge: Judge
    builder: Builder

    def of(self, placed: Placed | None) -> Node | None:
        """Return the node of a schema, if there is one."""
        found: Node | None = self.node(placed) if placed is not None else None
        return found


def request_of(side: Side, operation: Operation) -> dict[str, Any] | None:
    """Return a smallest request that an operation accepts; ``None`` where none was found."""
    fields: dict[str, dict[str, Any]] = {}
    try:
        for field in operation.fields.values():
            if field.required:
                node = side.of(field.schema)
                value = "a" if node is None else side.builder.build(node)
                fields.setdefault(field.where, {})[field.name] = value
        out: dict[str, Any] = {"method": operation.method, "path": operation.path, **fields}
        if operation.body_required and operation.body:
            media, placed = next(iter(operation.body.items()))
            node = side.of(placed)
            out["mediaType"], out["body"] = media, {} if node is None else side.builder.build(node)
    except Unbuildable:
        return None
    return None if list(refusals(side, operation, out)) else out


def refusals(side: Side, operation: Operation, request: Mapping[str, Any]) -> Iterator[str]:
    """Yield why an operation refuses a request: what is missing, what its schema refuses.

    A parameter that the operation does not know is ignored, as servers do.
    """
    for field in operation.fields.values():
        given = request.get(field.where, {})
        if field.name not in given:
            if field.required:
                yield f"{field.where} parameter {field.name} is missing"
            continue
        node = side.of(field.schema)
        if node is not None and side.judge.accepts(node, given[field.name]) is False:
            yield f"{field.where} parameter {field.name} is refused"
    if "body" not in request:
        if operation.body_required:
            yield "the body is missing"
        return
    if not operation.body:
        yield "no body is expected"
        return
    if request["mediaType"] not in operation.body:
        yield f"{request['mediaType']} is not accepted"
        return
    node = side.of(operation.body[request["mediaType"]])
    if node is not None and side.judge.accepts(node, request["body"]) is False:
        yield "the body is refused"


def answer_of(side: Side, answer: Answer, media: str | None = None) -> dict[str, Any] | None:
    """Return a smallest answer of a status; ``None`` where none was found."""
    out: dict[str, Any] = {"status": answer.status}
    try:
        for field in answer.headers.values():
            if field.required:
                node = side.of(field.schema)
                out.setdefault("headers", {})[field.name] = (
                    "a" if node is None else side.builder.build(node)
                )
        chosen = media or next(iter(answer.content), None)
        if chosen is not None:
            node = side.of(answer.content[chosen])
            out["mediaType"] = chosen
            out["body"] = {} if node is None else side.builder.build(node)
    except Unbuildable:
        return None
    return out


def documented(operation: Operation, answer: Mapping[str, Any]) -> str:
    """Return why an operation does not document an answer; empty where it does."""
    status = str(answer["status"])
    known = next(
        (operation.answers[k] for k in (status, f"{status[0]}XX", "default")
         if k in operation.answers),
        None,
    )  # fmt: skip
    if known is None:
        return f"status {status} is not documented"
    if answer.get("mediaType") is not None and known.content:
        if answer["mediaType"] not in known.content:
            return f"{answer['mediaType']} is not documented for status {status}"
    elif known.content and "body" not in answer:
        return f"status {status} has a body"
    missing = [f.name for f in known.headers.values() if f.required
               and f.name not in answer.get("headers", {})]  # fmt: skip
    return f"header {missing[0]} is missing" if missing else ""
