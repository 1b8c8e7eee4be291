"""The registry of criteria, and what is official about places: data of the standard, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from mobstd.canon.files import load
from mobstd.canon.standard import find

__all__ = ["VERSION", "Criterion", "criteria", "districts", "region_of"]

VERSION = "mobility-aid@0.1"


@dataclass(frozen=True)
class Criterion:
    """What conditions may be about.

    Attributes:
        name: its permanent name, such as ``person.age``.
        type: ``boolean``, ``number``, ``money``, ``choice``, ``date``, ``text``, ``area`` or
            ``aid``.
        label: what it is called, by language.
        question: what a person is asked, by language.
        unit: the unit of a number.
        values: the answers of a choice.
        multiple: whether several answers can be true at once.
        quotient: the two criteria that it is the quotient of.
    """

    name: str
    type: str
    label: Mapping[str, str]
    question: Mapping[str, str]
    unit: str = ""
    values: tuple[str, ...] = ()
    multiple: bool = False
    quotient: tuple[str, str] | None = None


def _data(name: str) -> Any:
    return load(find(VERSION).folder / "registry" / f"{name}.yaml")


@cache
def criteria() -> Mapping[str, Criterion]:
    """Return every criterion of the registry by its name."""
    return {
        row["name"]: Criterion(
            name=row["name"],
            type=row["type"],
            label=row["label"],
            question=row["question"],
            unit=row.get("unit", ""),
            values=tuple(row.get("values", ())),
            multiple=row.get("multiple", False),
            quotient=tuple(row["quotient"]) if "quotient" in row else None,
        )
        for row in _data("criteria")
    }


@cache
def region_of() -> Mapping[str, str]:
    """Return the region of each department that lies in one."""
    return {dep: code for code, deps in _data("regions")["regions"].items() for dep in deps}


@cache
def districts() -> Mapping[str, str]:
    """Return the commune of each municipal district that has a code of its own."""
    return {
        str(code): commune
        for commune, (first, last) in _data("regions")["districts"].items()
        for code in range(int(first), int(last) + 1)
    }
