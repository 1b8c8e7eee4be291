"""Paragraphs and small tables on a terminal.

Painted with rich where it is installed, plainly otherwise; the words are the same.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO

__all__ = ["Grid", "Line", "Span", "paint"]

Span = tuple[str, str]
"""Words and their style."""


@dataclass(frozen=True)
class Line:
    """One paragraph; ``wrap=False`` for what is to be copied."""

    spans: tuple[Span, ...] = ()
    indent: int = 0
    wrap: bool = True

    @property
    def text(self) -> str:
        """The words without their style."""
        return "".join(text for text, _ in self.spans)


@dataclass(frozen=True)
class Grid:
    """A small table; each cell is a span."""

    rows: tuple[tuple[Span, ...], ...]


def paint(
    layout: Iterable[Line | Grid], width: int, *, colour: bool = False, rich: bool = True
) -> str:
    """Return a layout as text of ``width`` columns."""
    parts = list(layout)
    if rich:
        try:
            return _with_rich(parts, colour, width)
        except ImportError:
            pass
    return _plainly(parts, width)


def _plainly(parts: Iterable[Line | Grid], width: int) -> str:
    lines: list[str] = []
    for part in parts:
        if isinstance(part, Grid):
            lines += _plain_grid(part)
            continue
        start = " " * part.indent
        if part.wrap and part.text:
            more = start + "  "
            lines += textwrap.wrap(
                part.text,
                width,
                initial_indent=start,
                subsequent_indent=more,
                break_long_words=False,
                break_on_hyphens=False,
            )
        else:
            lines.append((start + part.text).rstrip())
    return _joined(lines)


def _plain_grid(grid: Grid) -> list[str]:
    sizes = [max(len(cell) for cell, _ in column) for column in zip(*grid.rows, strict=True)]
    return [
        "   ".join(cell.ljust(size) for (cell, _), size in zip(row, sizes, strict=True)).rstrip()
        for row in grid.rows
    ]


def _with_rich(parts: Iterable[Line | Grid], colour: bool, width: int) -> str:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    out = StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        legacy_windows=False,
        highlight=False,
        emoji=False,
        markup=False,
    )
    for part in parts:
        if isinstance(part, Grid):
            table = Table(box=None, show_header=False, padding=(0, 3, 0, 0))
            for row in part.rows:
                table.add_row(*(Text(text, style) for text, style in row))
            console.print(table)
            continue
        text = Text.assemble(*part.spans)
        if part.wrap:
            for i, line in enumerate(text.wrap(console, width - part.indent - 2)):
                console.print(Text(" " * (part.indent + (2 if i else 0))) + line)
        else:
            console.print(Text(" " * part.indent) + text, soft_wrap=True)
    return _joined(line.rstrip() for line in out.getvalue().splitlines())


def _joined(lines: Iterable[str]) -> str:
    """Join, with never two empty lines in a row."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept) + "\n"
