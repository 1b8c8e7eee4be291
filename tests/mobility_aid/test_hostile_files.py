"""Files that are not what they should be: each record is told of, and nothing breaks or swells."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from mobstd.errors import ConfigError
from mobstd.mobility_aid.importing import FORMATS, Imported, read

from .documents import fitting
from .test_national_tables import ROW, SERVICE, STRUCTURES
from .test_table import FIRST, table

AT = "2026-11-28T16:00:00Z"
RULES = json.loads(Path(__file__).with_name("publicodes.json").read_text())
ODD = (
    None,
    True,
    0,
    -1,
    1e308,
    "",
    "x",
    "{",
    "a . b",
    "\u0000",
    "é" * 300,
    [],
    {},
    [[]],
    {"x": []},
)


def rows(*rows: dict[str, str]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(ROW))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def services(service: Any) -> bytes:
    return json.dumps({"services": [service], "structures": list(STRUCTURES.values())}).encode()


def imported(format: str, content: bytes) -> list[Imported]:
    """Return what becomes of a file; an aid is one that its schema admits, or none."""
    found = list(read(io.BytesIO(content), format, at=AT))
    for one in found:
        assert one.aid is not None or any(said.refused for said in one.diagnostics)
        if one.aid is not None:
            fitting("aid", one.aid)
        for said in one.diagnostics:
            assert said.reason("en") != said.reason("fr")
    return found


def tried(format: str, content: bytes) -> None:
    """Read a file that may be none of its format at all, which is an error of usage."""
    refusal: ConfigError | None = None
    try:
        imported(format, content)
    except ConfigError as error:
        refusal = error
    assert refusal is None or (refusal.exit_code == 2 and format in str(refusal))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, (dict, list)):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(child, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    if not path:
        return other
    value = deepcopy(value)
    holder = value
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = other
    return value


@pytest.mark.parametrize("seed", range(4))
def test_rules_with_a_value_of_another_kind_are_told_of(seed: int) -> None:
    chance = random.Random(seed)
    every = list(places(RULES))
    for path in chance.sample(every, 60):
        for other in chance.sample(ODD, 3):
            tried("aides-velo", json.dumps(replaced(RULES, path, other)).encode())


def test_services_with_a_value_of_another_kind_are_told_of() -> None:
    for path in places(SERVICE):
        for other in ODD:
            tried("data-inclusion", services(replaced(SERVICE, path, other)))


def test_rows_with_another_cell_are_told_of() -> None:
    cells = ("", "x", "|", "[", "- a\n- b", "[{nom: [], roles: [financeur]}]", "\u0000", "é" * 9000)
    for column in ROW:
        for cell in cells:
            assert len(imported("dispositif-aide", rows({**ROW, column: cell}))) == 1
    for column in FIRST:
        for cell in cells:
            assert len(imported("table-0.1", table({column: cell}))) == 1


@pytest.mark.parametrize(
    "parties",
    [
        "[" * 50_000,
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(
            f"{n}: &{n} [{', '.join([f'*{p}'] * 9)}]\n"
            for n, p in zip("bcdefghi", "abcdefgh", strict=True)
        ),
        "- &a [*a]",
        "!!python/object/apply:os.system ['true']",
    ],
    ids=["deep", "bomb", "circle", "code"],
)
def test_a_cell_that_would_swell_is_refused(parties: str) -> None:
    (one,) = imported("dispositif-aide", rows({**ROW, "porteurs": parties}))
    assert one.aid is None
    assert all(len(said.detail) < 1000 for said in one.diagnostics)


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_no_file_breaks_the_reading_of_it(format: str) -> None:
    for content in (
        b"",
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"rules": ' * 5_000,
        b'{"rules": {}, "rules": 1}',
        b"null",
        b"1e999",
        b'"' + b"x" * 300_000,
        b"a,b\n" * 10,
    ):
        tried(format, content)


@pytest.mark.parametrize("format", ["table-0.1", "dispositif-aide"])
def test_a_cell_that_no_reader_takes_is_told_of_and_the_next_row_follows(format: str) -> None:
    huge = "x" * 200_000
    good = table({}) if format == "table-0.1" else rows(ROW)
    head, _, row = good.partition(b"\n")
    broken = row.replace(b"Exemple", huge.encode(), 1)
    assert broken != row
    found = imported(format, head + b"\n" + broken + row)
    assert [one.aid is None for one in found] == [True, False]


@pytest.mark.parametrize(
    ("format", "content", "why"),
    [
        ("dispositif-aide", b'{"services": [', "lacks the columns id, titre"),
        ("dispositif-aide", b"", "empty"),
        ("table-0.1", table({}).replace(b",", b";"), "separated by ;"),
        ("table-0.1", table({}).decode().encode("utf-16"), "UTF-16"),
        ("table-0.1", table({}).replace(b"nom", b"id", 1), "has the column id twice"),
        ("table-0.2", table({}), "lacks the columns title"),
        ("campaigns", b"collectivite\n", "conducteur_montant_max_par_passager"),
        ("mob", b'\xef\xbb\xbf{"incentives": [\n {"id": }]}', "not JSON (line 2, column 9)"),
        ("data-inclusion", b'[\n"\xc3\xa9t\xe9"]', "not UTF-8"),
        ("data-inclusion", b'[\n"\xc3\xa9t\xe9"]', "(line 2, column 4)"),
        ("aides-velo", b'{"rules": NaN}', "NaN"),
        ("aides-velo", b"{}", "“rules”"),
    ],
)
def test_a_file_of_another_format_is_refused_with_the_reason(
    format: str, content: bytes, why: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        imported(format, content)
    assert why in refused.value.text("en")
    assert refused.value.text("fr") != refused.value.text("en")


@pytest.mark.parametrize("format", ["mob", "data-inclusion"])
def test_a_record_that_is_no_object_is_told_by_its_kind(format: str) -> None:
    (one,) = imported(format, b"[7]")
    assert one.diagnostics[0].reason() == "It is no object of JSON, but of the type number."


def test_a_reason_that_names_nothing_ends_there() -> None:
    (one,) = imported("data-inclusion", b'[{"id": "x"}]')
    for lang in ("en", "fr"):
        assert not any(said.reason(lang).endswith(": .") for said in one.diagnostics)


@pytest.mark.parametrize(
    ("format", "content"),
    [
        ("table-0.1", table({}, {}).replace(b"montant_minimum", b"montant_minimun", 1)),
        ("dispositif-aide", rows(ROW, ROW).replace(b"age_minimum", b"age_minimun", 1)),
    ],
)
def test_a_column_that_nobody_reads_is_told_once(format: str, content: bytes) -> None:
    found = list(read(io.BytesIO(content), format, at=AT))
    told = [(one.line, one.part) for row in found for one in row.diagnostics if one.line == 1]
    assert len(told) == 1
    assert told[0][1].endswith("minimun")
    assert not any(one.refused for one in found[0].diagnostics)
