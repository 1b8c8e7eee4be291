"""The same judgement as a PySpark job, for more documents than one machine reads.

Each row of a ``DataFrame`` holds a document as a text; it gets what ``mobstd validate`` says of
that line. Rows keep their columns and their order within a partition. A cluster needs mobstd, with
the same version and the same roots, on every worker.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from mobstd.errors import ConfigError, MissingExtra
from mobstd.judging.body import NotJson
from mobstd.messages import LANGUAGES
from mobstd.validation.batch import Task, remarks_of_line
from mobstd.validation.reading import MAX_LINE
from mobstd.validation.remark import Remark, broken

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["REMARKS", "validated"]

_NAMES = ("pointer", "keyword", "severity", *LANGUAGES)
REMARKS = f"array<struct<{', '.join(f'{name}: string' for name in _NAMES)}>>"
"""The type of the column ``remarks``."""


def validated(frame: DataFrame, task: Task, column: str = "value") -> DataFrame:
    """Return a frame with the columns ``refused`` and ``remarks`` added.

    A row without a document, or with an empty one, has ``null`` in both: it is an empty line.

    Args:
        frame: such as ``spark.read.text("s3://bucket/journeys/*.ndjson.gz")``.
        task: what documents are judged by; its form and its processes do not matter.
        column: the name of the column that holds the document.

    Raises:
        ConfigError: where the frame has no such column, or has one of the two already.
        MissingExtra: without the extra ``spark``.
        UnknownName: for a standard, version, schema or overlay that is not there.
    """
    try:
        import pyarrow  # noqa: F401
        from pyspark.sql.types import StructType
    except ImportError:
        raise MissingExtra("validation.needs-spark") from None
    added = StructType.fromDDL(f"refused boolean, remarks {REMARKS}")
    for name, wanted in ((column, True), *((field.name, False) for field in added)):
        if (name in frame.columns) is not wanted:
            code = "validation.no-column" if wanted else "validation.a-column"
            raise ConfigError(code, name=name, known=", ".join(frame.columns))
    task.judge()
    schema = StructType([*frame.schema.fields, *added])
    return frame.mapInArrow(_Judged(task, column), schema)


class _Judged:
    """Judges batches of rows, on a worker."""

    def __init__(self, task: Task, column: str) -> None:
        self._task = task
        self._column = column

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        import pyarrow

        types = pyarrow.struct([(name, pyarrow.string()) for name in _NAMES])
        for batch in batches:
            texts = batch.column(self._column).cast(pyarrow.binary())  # they need not be UTF-8
            rows = [self._row(text) for text in texts.to_pylist()]
            refused = pyarrow.array([row[0] for row in rows], pyarrow.bool_())
            remarks = pyarrow.array([row[1] for row in rows], pyarrow.list_(types))
            yield batch.append_column("refused", refused).append_column("remarks", remarks)

    def _row(self, text: bytes | None) -> tuple[bool | None, list[dict[str, str]] | None]:
        line = text or b""
        if not line or line.isspace():
            return None, None
        judge = self._task.judge()
        if len(line) > MAX_LINE:
            found = [broken(NotJson("line"))]
        else:
            found = [] if judge.accepts_line(line) else remarks_of_line(line, judge)
        return any(remark.severity == "error" for remark in found), list(map(_told, found))


def _told(remark: Remark) -> dict[str, str]:
    texts = {lang: remark.message(lang) for lang in LANGUAGES}
    return {
        "pointer": remark.pointer,
        "keyword": remark.keyword,
        "severity": remark.severity,
        **texts,
    }
