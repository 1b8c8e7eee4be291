"""A Spark of this machine alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

__all__ = ["local_spark"]


@contextmanager
def local_spark(**settings: str) -> Iterator[Any]:
    """Yield a session on two threads; the test is skipped where the extra is not installed.

    Args:
        settings: further ones, below ``spark.sql``, with ``_`` for a dot.
    """
    sql = pytest.importorskip("pyspark.sql", reason="the extra spark is not installed")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = sql.SparkSession.builder.master("local[2]")
    named = {f"spark.sql.{name.replace('_', '.')}": value for name, value in settings.items()}
    for name, value in {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        **named,
    }.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()
