"""Whole files: read, judged, counted; one document a line over several processes."""

from __future__ import annotations

import io
import multiprocessing
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import BinaryIO

from mobstd.canon.root import Root
from mobstd.canon.standard import Version, find
from mobstd.errors import ConfigError
from mobstd.judging.body import NotJson
from mobstd.validation import table
from mobstd.validation.documents import DocumentJudge
from mobstd.validation.positions import lines_of
from mobstd.validation.reading import (
    MAX_DOCUMENT,
    decoded,
    format_of,
    numbered_lines,
    parse,
)
from mobstd.validation.remark import Remark, broken

__all__ = ["FORMATS", "Part", "Task", "judge_file", "remarks_of_line"]

FORMATS = ("auto", "json", "ndjson", "csv")
CHUNK = 8 * 1024 * 1024
WORTH_A_PROCESS = 4 * CHUNK


@dataclass(frozen=True)
class Task:
    """What documents are judged by.

    Attributes:
        standard: ``name@version``.
        schema: such as ``driver-journey``.
        overlay: what a real server does beyond the text, where asked for.
        each: a JSON file holds a list, and each item is a document.
        format: one of ``FORMATS``.
        jobs: how many processes; 0: as many as there are cores.
        roots: where to look for standards, beside the packaged ones.
        without: formats that are not checked.
    """

    standard: str
    schema: str
    overlay: str | None = None
    each: bool = False
    format: str = "auto"
    jobs: int = 0
    roots: tuple[Root, ...] = ()
    without: frozenset[str] = frozenset()

    @property
    def version(self) -> Version:
        """The version that ``standard`` names."""
        return find(self.standard, self.roots)

    def judge(self) -> DocumentJudge:
        """Return the judge.

        Raises:
            UnknownName: for a standard, version, schema or overlay that is not there.
        """
        return _judge(self)


@cache
def _judge(task: Task) -> DocumentJudge:
    return DocumentJudge(task.version, task.schema, task.overlay, task.without)


@dataclass
class Part:
    """What became of a part of a file.

    Attributes:
        lines: how many lines it had, where lines are documents.
        size: how many bytes were read.
        documents: how many documents were judged, or could not be read.
        refused: how many of them have an error.
        remarks: what is wrong, in the order of the file.
    """

    lines: int = 0
    size: int = 0
    documents: int = 0
    refused: int = 0
    remarks: list[Remark] = field(default_factory=list)

    def add(self, remarks: Iterable[Remark], line: int | None = None) -> None:
        """Count one document and what is wrong with it."""
        found = [r if line is None else replace(r, line=line) for r in remarks]
        self.documents += 1
        self.refused += any(remark.severity == "error" for remark in found)
        self.remarks += found


def judge_file(name: str, task: Task) -> Iterator[Part]:
    """Judge a file (``-``: stdin), and yield what became of it, part by part.

    Raises:
        ConfigError: where the file cannot be read.
    """
    if name == "-":
        yield from _judge_stream("-", sys.stdin.buffer, None, task)
        return
    try:
        with Path(name).open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size if Path(name).is_file() else None
            yield from _judge_stream(name, stream, size, task)
    except FileNotFoundError:
        raise ConfigError("validation.no-file", file=name) from None
    except IsADirectoryError:
        raise ConfigError("validation.a-folder", file=name) from None
    except OSError as error:
        raise ConfigError("validation.unreadable", file=name, why=error.strerror) from None


def _judge_stream(name: str, stream: BinaryIO, size: int | None, task: Task) -> Iterator[Part]:
    judge = task.judge()
    head = stream.peek(4096) if isinstance(stream, io.BufferedReader) else b""
    form = format_of(name, head) if task.format == "auto" else task.format
    if form != "json" and head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        part = Part()
        part.add([broken(NotJson("utf-16"))], 1)
        yield part
    elif form == "json":
        yield _json(stream, judge, task.each)
    elif form == "csv":
        yield from _csv(stream, judge, task)
    elif size is not None and size > WORTH_A_PROCESS and _jobs(task) > 1:
        yield from _in_processes(name, stream, size, task)
    else:
        yield from _ndjson(stream, judge, None)


def _jobs(task: Task) -> int:
    return task.jobs or os.cpu_count() or 1


def _json(stream: BinaryIO, judge: DocumentJudge, each: bool) -> Part:
    raw = stream.read(MAX_DOCUMENT + 1)
    part = Part(size=len(raw))
    try:
        if len(raw) > MAX_DOCUMENT:
            raise NotJson("size")
        text = decoded(raw)
        value = parse(raw)
    except NotJson as error:
        line = 1 if error.where is None else raw[: error.where].count(b"\n") + 1
        part.add([broken(error)], line)
        return part
    if not each:
        part.add(_placed(judge.remarks(value), text))
        return part
    if not isinstance(value, list):
        part.add([Remark("json", "validation.json.not-a-list")], 1)
        return part
    remarks: list[Remark] = []
    for index, item in enumerate(value):
        found = judge.remarks(item)
        part.documents += 1
        part.refused += any(remark.severity == "error" for remark in found)
        remarks += [replace(remark, path=(index, *remark.path)) for remark in found]
    part.remarks = _placed(remarks, text)
    return part


def _placed(remarks: list[Remark], text: str) -> list[Remark]:
    """Return the remarks with the line of what they point at."""
    if not remarks:
        return []
    lines = lines_of(text, (remark.path for remark in remarks))
    return [replace(remark, line=lines.get(remark.path, 1)) for remark in remarks]


def _ndjson(stream: BinaryIO, judge: DocumentJudge, end: int | None) -> Iterator[Part]:
    part, accepts = Part(), judge.accepts_line
    for number, line in numbered_lines(stream, end):
        part.lines = number
        part.size += len(line or b"")
        if line is None:
            part.add([broken(NotJson("line"))], number)
        elif accepts(line):
            part.documents += 1
        else:
            part.add(remarks_of_line(line, judge), number)
        if part.size > CHUNK and end is None:
            yield part
            part = Part()
    yield part


def remarks_of_line(line: bytes, judge: DocumentJudge) -> list[Remark]:
    """Return what is wrong with the document on a line."""
    try:
        return judge.remarks(parse(line))
    except NotJson as error:
        return [broken(error)]


def _csv(stream: BinaryIO, judge: DocumentJudge, task: Task) -> Iterator[Part]:
    part = Part()
    for line, document, remark in table.rows(stream, task.version, task.schema, task.overlay):
        if remark is None:
            part.add(judge.remarks(document), line)
        elif remark.severity == "error":
            part.add([remark])
        else:
            part.remarks.append(remark)
        if part.documents >= 20_000:
            yield part
            part = Part()
    yield part


def _in_processes(name: str, stream: BinaryIO, size: int, task: Task) -> Iterator[Part]:
    spans = list(_spans(stream, size))
    context = multiprocessing.get_context("spawn")
    before = 0
    with context.Pool(min(_jobs(task), len(spans))) as pool:
        for part in pool.imap(_judge_span, ((name, task, *span) for span in spans)):
            part.remarks = [replace(r, line=r.line + before) for r in part.remarks]
            before += part.lines
            yield part


def _spans(stream: BinaryIO, size: int) -> Iterator[tuple[int, int]]:
    """Yield ranges of bytes that begin and end between lines."""
    start = 0
    while start < size:
        end = min(start + CHUNK, size)
        stream.seek(end)
        while end < size:
            rest = stream.readline(CHUNK)
            end = stream.tell()
            if not rest or rest.endswith(b"\n"):
                break
        yield start, end
        start = end


def _judge_span(work: tuple[str, Task, int, int]) -> Part:
    name, task, start, end = work
    with Path(name).open("rb") as stream:
        stream.seek(start)
        return next(iter(_ndjson(stream, task.judge(), end)))
