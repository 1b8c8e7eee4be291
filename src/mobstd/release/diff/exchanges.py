"""Requests and answers of an operation, as small as can be, held against the other side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mobstd.messages import Words
from mobstd.release.diff.api import Answer, Field, Operation, Placed
from mobstd.release.diff.instance import Builder, Unbuildable
from mobstd.release.diff.judge import Judge
from mobstd.release.diff.media import concrete, covering
from mobstd.release.diff.node import Node

__all__ = ["Side", "answer_of", "beside", "documented", "refusals", "request_of", "takes"]


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
                fields.setdefault(_key(field), {})[field.name] = value
        out: dict[str, Any] = {"method": operation.method, "path": operation.path, **fields}
        if operation.body_required and operation.body:
            media, placed = next(iter(operation.body.items()))
            node = side.of(placed)
            out["mediaType"] = concrete(media, ()) or media
            out["body"] = {} if node is None else side.builder.build(node)
    except Unbuildable:
        return None
    return None if list(refusals(side, operation, out)) else out


def _key(field: Field) -> str:
    """Return the member of a request that has the values of a parameter."""
    return "pathParameters" if field.where == "path" else field.where


def refusals(side: Side, operation: Operation, request: Mapping[str, Any]) -> Iterator[Words]:
    """Yield why an operation refuses a request: what is missing, what its schema refuses.

    A parameter that the operation does not know is ignored, as servers do.
    """
    for field in operation.fields.values():
        given = request.get(_key(field), {})
        named = {"place": field.where, "name": field.name}
        if field.name not in given:
            if field.required and field.where != "path":  # it may have another name there
                yield Words("diff.why.parameter-missing", named)
            continue
        node = side.of(field.schema)
        if node is not None and side.judge.accepts(node, given[field.name]) is False:
            yield Words("diff.why.parameter-refused", named)
    if "body" not in request:
        if operation.body_required:
            yield Words("diff.why.body-missing")
        return
    if not operation.body:
        yield Words("diff.why.no-body")
        return
    media = covering(request["mediaType"], operation.body)
    if media is None:
        yield Words("diff.why.media", {"media": request["mediaType"]})
        return
    node = side.of(operation.body[media])
    if node is not None and side.judge.accepts(node, request["body"]) is False:
        yield Words("diff.why.body-refused")


def takes(operation: Operation, other: Operation) -> bool:
    """Say whether an operation may take the requests of another one, by method and path."""
    if operation.method != other.method or operation.turned != other.turned:
        return False
    own, theirs = (op.path.split("/") for op in (operation, other))
    return len(own) == len(theirs) and all(
        one == two or "{" in one or "{" in two for one, two in zip(own, theirs, strict=True)
    )


def beside(status: str, answers: Mapping[str, Answer]) -> Answer | None:
    """Return what documents a status or a range of them: by name, by its range, or by default."""
    ranges = (status, f"{status[0]}XX", "default") if status != "default" else (status,)
    return next((answers[name] for name in ranges if name in answers), None)


def answer_of(
    side: Side, answer: Answer, media: str | None = None, other: Operation | None = None
) -> dict[str, Any] | None:
    """Return a smallest answer of a status; ``None`` where none was found.

    Of a range of statuses or of media types it has one that ``other`` has not, if there is one.
    """
    known = other.answers if other is not None else {}
    statuses = (f"{answer.status[0]}{n:02}" for n in range(100))
    out: dict[str, Any] = {"status": answer.status}
    if answer.status.endswith("XX"):
        out["status"] = next((s for s in statuses if s not in known), answer.status)
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
            met = beside(out["status"], known)
            out["mediaType"] = concrete(chosen, met.content if met else ()) or chosen
            out["body"] = {} if node is None else side.builder.build(node)
    except Unbuildable:
        return None
    return out


def documented(operation: Operation, answer: Mapping[str, Any]) -> tuple[Words, ...]:
    """Return why an operation does not document an answer; empty where it does."""
    status = str(answer["status"])
    known = beside(status, operation.answers)
    if known is None:
        return (Words("diff.why.status", {"status": status}),)
    if answer.get("mediaType") is not None and known.content:
        if covering(answer["mediaType"], known.content) is None:
            return (Words("diff.why.answer", {"media": answer["mediaType"], "status": status}),)
    elif known.content and "body" not in answer:
        return (Words("diff.why.body", {"status": status}),)
    missing = [f.name for f in known.headers.values() if f.required
               and f.name not in answer.get("headers", {})]  # fmt: skip
    return (Words("diff.why.header", {"name": missing[0]}),) if missing else ()
