"""Stores that are filled once: generated worlds are kept for the next app of the same recipe."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from mobstd.ocss.reference.loading import load
from mobstd.ocss.reference.store import Store
from mobstd.ocss.reference.world import Recipe, items
from mobstd.serving.database import file_of

__all__ = ["store_of"]


def store_of(recipe: Recipe, db: str | None = None, data: str | Path | None = None) -> Store:
    """Return a store with the content of a data file, or else of a recipe.

    A database file that was filled from the same recipe is used as it is.

    Raises:
        ConfigError: for a database or a data file that can't be used.
    """
    if db is None and data is None:
        return _generated(recipe)
    store = Store(file_of(db))
    if data is not None:
        store.fill(load(Path(data), recipe.version), f"file {data}")
    elif store.made_from != repr(recipe):
        store.fill(items(recipe), repr(recipe))
    return store


@lru_cache(maxsize=4)
def _generated(recipe: Recipe) -> Store:
    store = Store()
    store.fill(items(recipe), repr(recipe))
    return store
