"""The same verdicts as a PySpark job, for more journeys than one machine judges.

The passes of a run are stages of the job. Between two of them rows are shuffled so that one worker
has all of an id, of a person, of a user id, of a journey. A cluster needs mobstd, with the same
version and the same roots, on every worker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mobstd.carpool_proof.preflight.stages import (
    REASON,
    Lines,
    Task,
    Verdicts,
    journeys,
    passes,
    past,
)
from mobstd.errors import ConfigError, MissingExtra

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["REASONS", "Task", "preflighted"]

REASONS = f"array<struct<{', '.join(f'`{name}`: string' for name in REASON)}>>"
"""The type of the column ``reasons``."""

_ADDED = {"verdict": "string", "at_creation": "string", "reasons": REASONS}

_TOLD = "key binary, row binary"
"""The type of rows on their way."""

_BITS = 33
"""In which Spark counts the rows of a partition when it gives them ids."""


def preflighted(
    frame: DataFrame,
    task: Task,
    column: str = "value",
    number: str = "number",
    history: DataFrame | None = None,
) -> DataFrame:
    """Return a frame with ``verdict``, ``at_creation`` and ``reasons`` of each journey added.

    Rows come in no order. One without a document, or with an empty one, has ``null`` in all three:
    it is an empty line. Where there is no column of that name, ``number`` is added too: the place
    of the row, from 1, which is the line where the frame is a file. The frame is kept on the
    workers' disks then, so that each row has one number whatever happens; a frame that has its own
    numbers is read twice instead.

    Args:
        frame: such as ``spark.read.text("s3://bucket/journeys/*.ndjson.gz")``.
        task: what journeys are judged by.
        column: the name of the column that holds the document.
        number: the name of a column of whole numbers from 0, each once, in the order in which
            journeys are taken to be sent where they arrive at the same instant.
        history: the journeys of the days before, as documents in the same column.

    Raises:
        ConfigError: where a frame has no such column, or has one of the added ones already, and
            for a profile that counts journeys by their status. The job itself fails where numbers
            are not as they should be.
        MissingExtra: without the extra ``spark``.
        UnknownName: for a standard, version or profile that is not there.
    """
    try:
        import pyarrow  # noqa: F401
        from pyspark.sql import functions
    except ImportError:
        raise MissingExtra("validation.needs-spark") from None
    for one in (frame,) if history is None else (frame, history):
        if column not in one.columns:
            _wrong("validation.no-column", column, one)
    for name in _ADDED:
        if name in frame.columns:
            _wrong("validation.a-column", name, frame)
    task.check()
    if number not in frame.columns:
        frame = _numbered(frame, number)
    told = _read(frame, column, functions.col(_quoted(number)), Lines(journeys, task))
    if history is not None:
        place = functions.monotonically_increasing_id()
        told = told.union(_read(history, column, place, Lines(past, task)))
    for stage in passes(task):
        told = _gathered(told).mapInArrow(stage, _TOLD)
    schema = f"{_quoted(number)} bigint, {', '.join(f'{a} {b}' for a, b in _ADDED.items())}"
    judged = _gathered(told).mapInArrow(Verdicts(task, number), schema)
    names = map(_quoted, (*frame.columns, *_ADDED))
    return frame.join(judged, number, "left").select(*names)


def _wrong(code: str, name: str, frame: DataFrame) -> None:
    raise ConfigError(code, name=name, known=", ".join(frame.columns))


def _quoted(name: str) -> str:
    return f"`{name.replace('`', '``')}`"


def _numbered(frame: DataFrame, number: str) -> DataFrame:
    """Return a frame with its rows counted from 1, which stays as it is."""
    from pyspark.sql import functions

    kept = frame.withColumn(number, functions.monotonically_increasing_id()).localCheckpoint()
    own = functions.col(_quoted(number))
    part = functions.shiftright(own, _BITS).cast("int")
    counts = dict(kept.groupBy(part).count().collect())
    before, count = [], 1
    for place in range(max(counts, default=0) + 1):
        before.append(functions.lit(count).cast("bigint"))
        count += counts.get(place, 0)
    within = own.bitwiseAND(functions.lit((1 << _BITS) - 1))
    return kept.withColumn(
        number, functions.element_at(functions.array(*before), part + 1) + within
    )


def _read(frame: DataFrame, column: str, number: Any, lines: Lines) -> DataFrame:
    from pyspark.sql import functions

    line = functions.col(_quoted(column)).cast("binary").alias("line")
    return frame.select(number.cast("bigint").alias("seq"), line).mapInArrow(lines, _TOLD)


def _gathered(told: DataFrame) -> DataFrame:
    """Put the rows of a key together."""
    return told.repartition("key").sortWithinPartitions("key")
