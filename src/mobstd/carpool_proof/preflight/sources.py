"""Files of journeys in every form, as numbered documents; what cannot be read is said, and passed.

The form is told by the first bytes and the name: NDJSON, JSON (a list, or one journey), CSV and
Parquet, each as it is or compressed with gzip or Zstandard.
"""

from __future__ import annotations

import gzip
import io
import json
import shutil
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from mobstd.canon.standard import Version
from mobstd.errors import ConfigError, MissingExtra
from mobstd.judging.body import NotJson
from mobstd.messages import LANGUAGES, render
from mobstd.validation import table
from mobstd.validation.positions import lines_of
from mobstd.validation.reading import MAX_DOCUMENT, decoded, format_of, numbered_lines, parse
from mobstd.validation.remark import Remark, broken

__all__ = ["FORMATS", "Item", "Source", "item_of", "named"]

FORMATS = ("auto", "ndjson", "json", "csv", "parquet")

_LARGEST = sys.float_info.max
_GZIP, _ZSTD, _PARQUET = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PAR1"


class Item(NamedTuple):
    """A document of a source, or what kept it from being read.

    Attributes:
        line: where it stands; in Parquet, and where lines do not count, the number of the row.
        column: of what is broken, in characters; 0 where it is not known.
        sure: what a sieve made of the line, which is not read then.
        document: a JSON value.
        raw: the bytes of the document, where they stand on one line.
        remark: why it cannot be read.
    """

    line: int
    document: Any = None
    raw: bytes | None = None
    remark: Remark | None = None
    column: int = 0
    sure: Any = None

    def said(self) -> dict[str, str]:
        """Return why it cannot be read, in every language."""
        assert self.remark is not None
        place = {"line": self.line, "column": self.column}
        code = "proof.broken-at" if self.column else "proof.broken"
        return {
            lang: render(code, {**place, "why": self.remark.message(lang)}, lang)
            for lang in LANGUAGES
        }


@dataclass(frozen=True)
class Source:
    """A file of one operator; ``-`` is stdin."""

    name: str
    operator: str = ""
    form: str = "auto"

    def items(
        self,
        version: Version,
        schema: str,
        overlay: str | None,
        sieve: Callable[[bytes], Any] | None = None,
    ) -> Iterator[Item]:
        """Yield what is in the file, in order.

        Args:
            version: of the standard.
            schema: of the documents, which the types of a table are taken from.
            overlay: by which they are judged.
            sieve: asked first about each document that stands on a line.

        Raises:
            ConfigError: where it cannot be read at all.
            MissingExtra: for Zstandard or Parquet without the extra ``bulk``.
        """
        judged = version, schema, overlay
        with _opened(self.name) as stream:
            form = self._form(stream)
            try:
                if form == "ndjson":
                    yield from _ndjson(stream, sieve)
                elif form == "json":
                    yield from _json(stream)
                elif form == "parquet":
                    yield from _parquet(stream, lambda names: table.columns(names, *judged))
                else:
                    for line, document, remark in table.rows(stream, *judged):
                        if remark is None or remark.severity == "error":
                            yield Item(line, document, None, remark)
            except (EOFError, zlib.error, gzip.BadGzipFile, _zstd_error()):
                yield Item(0, remark=Remark("json", "proof.cut-short"))

    def _form(self, stream: io.BufferedReader) -> str:
        if self.form != "auto":
            return self.form
        head = stream.peek(4096)
        if head[:4] == _PARQUET:
            return "parquet"
        if not head.strip():
            return "ndjson"
        bare = self.name.lower().removesuffix(".gz").removesuffix(".zst")
        return format_of(bare, head)


def named(word: str, form: str = "auto") -> Source:
    """Return the source that ``FILE`` or ``OPERATOR=FILE`` names."""
    operator, equals, file = word.partition("=")
    if equals and operator and file and "/" not in operator and not Path(word).exists():
        return Source(file, operator, form)
    return Source(word, "", form)


@contextmanager
def _opened(name: str) -> Iterator[io.BufferedReader]:
    try:
        raw = sys.stdin.buffer if name == "-" else Path(name).open("rb")  # noqa: SIM115
    except FileNotFoundError:
        raise ConfigError("validation.no-file", file=name) from None
    except IsADirectoryError:
        raise ConfigError("validation.a-folder", file=name) from None
    except OSError as error:
        raise ConfigError("validation.unreadable", file=name, why=error.strerror) from None
    try:
        outer = cast("io.BufferedReader", raw)
        head = outer.peek(4)[:4]
        if head[:2] == _GZIP:
            inner: Any = gzip.GzipFile(fileobj=cast("BinaryIO", outer))
            yield io.BufferedReader(inner, 1 << 17)
        elif head == _ZSTD:
            yield io.BufferedReader(
                _zstd().ZstdDecompressor().stream_reader(outer, read_across_frames=True), 1 << 17
            )
        else:
            yield outer
    finally:
        if name != "-":
            raw.close()


def _zstd() -> Any:
    try:
        import zstandard
    except ImportError:
        raise MissingExtra("proof.needs-bulk") from None
    return zstandard


def _zstd_error() -> type[Exception]:
    module = sys.modules.get("zstandard")
    return cast("type[Exception]", module.ZstdError) if module else zlib.error


def item_of(number: int, line: bytes | None, sieve: Callable[[bytes], Any] | None = None) -> Item:
    """Return what stands on a line; ``None`` is one that is too long."""
    if line is None:
        return Item(number, remark=broken(NotJson("line")))
    sure = sieve(line) if sieve else None
    if sure is not None:
        return tuple.__new__(Item, (number, None, line, None, 0, sure))
    try:
        return Item(number, parse(line), line)
    except NotJson as error:
        column = 0 if error.where is None else error.where + 1
        return Item(number, None, line, broken(error), column)


def _ndjson(stream: BinaryIO, sieve: Callable[[bytes], Any] | None) -> Iterator[Item]:
    for number, line in numbered_lines(stream):
        yield item_of(number, line, sieve)


def _json(stream: BinaryIO) -> Iterator[Item]:
    raw = stream.read(MAX_DOCUMENT + 1)
    try:
        if len(raw) > MAX_DOCUMENT:
            raise NotJson("size")
        text = decoded(raw)
        value = parse(raw)
    except NotJson as error:
        where = error.where or 0
        before = raw[:where] if error.reason == "encoding" else text[:where].encode()
        line = before.count(b"\n") + 1
        column = where + 1 - (before.decode("utf-8", "replace").rfind("\n") + 1)
        yield Item(line, None, None, broken(error), column if error.where is not None else 0)
        return
    if not isinstance(value, list):
        yield Item(1, value)
        return
    lines = lines_of(text, ((number,) for number in range(len(value))))
    for number, document in enumerate(value):
        yield Item(lines[number,], document)


def _parquet(
    stream: BinaryIO, columns: Callable[[Sequence[str]], Sequence[table.Column]]
) -> Iterator[Item]:
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise MissingExtra("proof.needs-bulk") from None
    number = 0
    with tempfile.TemporaryFile() as whole:
        shutil.copyfileobj(stream, whole, 1 << 20)
        whole.seek(0)
        try:
            file = parquet.ParquetFile(whole)
            found = columns(file.schema_arrow.names)
            for batch in file.iter_batches(batch_size=4096):
                for row in _rows(batch, found):
                    number += 1
                    yield row._replace(line=number)
        except (ArrowException, OSError) as error:
            why = {"why": type(error).__name__}
            yield Item(number + 1, remark=Remark("parquet", "proof.no-parquet", why))


def _rows(batch: Any, columns: Sequence[table.Column]) -> Iterator[Item]:
    """Yield the rows of a part of a Parquet file, names with dots as paths, null as absent."""
    try:
        cells = [column.to_pylist() for column in batch.columns]
    except (ValueError, OverflowError):  # an instant that Python has not got
        if batch.num_rows == 1:
            params = {"column": _unreadable(batch, columns)}
            yield Item(0, remark=Remark("parquet", "proof.parquet-cell", params))
            return
        for place in range(batch.num_rows):
            yield from _rows(batch.slice(place, 1), columns)
        return
    for row in zip(*cells, strict=True):
        yield _row(columns, row)


def _row(columns: Sequence[table.Column], cells: Sequence[Any]) -> Item:
    values = []
    for column, cell in zip(columns, cells, strict=True):
        try:
            plain = _plain(cell)
        except UnicodeDecodeError:
            params = {"column": column.name}
            return Item(0, remark=Remark("parquet", "proof.parquet-cell", params))
        if plain is not None:
            values.append((column.path, plain))
    return Item(0, table.document_of(values))


def _unreadable(batch: Any, columns: Sequence[table.Column]) -> str:
    for column, cells in zip(columns, batch.columns, strict=True):
        try:
            cells.to_pylist()
        except (ValueError, OverflowError):
            return column.name
    return "-"


def _plain(value: Any) -> Any:
    """Return a cell as JSON has it; what is no number (NaN) is absent, as null is."""
    if isinstance(value, dict):
        return {name: plain for name, one in value.items() if (plain := _plain(one)) is not None}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, float):
        return None if value != value else max(-_LARGEST, min(_LARGEST, value))
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if value is None or isinstance(value, (str, bool, int)):
        return value
    return json.loads(str(value)) if hasattr(value, "as_tuple") else str(value)
