"""Where a version stands with its group: written where it belongs, and asked for by a release."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.root import at
from mobstd.canon.standard import find
from mobstd.errors import ConfigError
from mobstd.release.edition.plan import Options, carry_out, planned
from mobstd.release.edition.stage import Decision, begun, decided
from mobstd.release.edition.verification import verified
from mobstd.release.starter import starter, write_starter

Run = Callable[..., Any]
DAY = date(2026, 11, 28)
MINUTES = "https://example.org/minutes/7"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "our-own"
    write_starter(starter("our-own", today=DAY), folder)
    return folder


@pytest.fixture
def draft(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "draft")


@pytest.fixture
def status(mobstd: Run) -> Callable[..., Any]:
    return lambda root, *words: mobstd("schemas", "status", *words, "--root", str(root))


def refused(root: Path) -> list[str]:
    plan = planned(find("our-own@1.0-draft", (at(root),)), Options(DAY))
    return [one.code for one in plan.refusals]


def test_only_what_is_approved_is_released(draft: Path, status: Any) -> None:
    assert refused(draft) == ["edition.refused-stage"]
    for stage in ("consultation", "withdrawn"):
        assert status(draft, "our-own@1.0-draft", stage, "--by", "Our group").code == 0
        assert refused(draft) == ["edition.refused-stage"]
    approved = ("our-own@1.0-draft", "approved", "--by", "Our group", "--minutes", MINUTES)
    ran = status(draft, *approved)
    assert ran.code == 0
    assert MINUTES in ran.out
    assert refused(draft) == []
    stages = find("our-own@1.0-draft", (at(draft),)).source["stages"]
    assert [one["stage"] for one in stages] == ["draft", "consultation", "withdrawn", "approved"]
    assert stages[-1]["by"] == ["Our group"]


def test_what_nobody_approved_or_on_no_day_is_refused(draft: Path, status: Any) -> None:
    source = draft / "schemas/our-own/1.0-draft/source.yaml"
    before = source.read_text()
    for words in (
        ("approved",),
        ("approved", "--by", "Our group", "--on", "2020-01-01"),
        ("approved", "--by", "Our group", "--minutes", "in a drawer"),
    ):
        ran = status(draft, "our-own@1.0-draft", *words)
        assert ran.code == 2
        assert ran.err
    assert source.read_text() == before


def test_what_comes_with_mobstd_is_not_decided_here(status: Any, draft: Path) -> None:
    ran = status(draft, "ocss@1.0-alpha", "withdrawn", "--by", "Our group")
    assert ran.code == 2
    assert "--root" in ran.err


def test_what_was_released_is_withdrawn_and_retired_in_the_index(draft: Path, status: Any) -> None:
    assert status(draft, "our-own@1.0-draft", "approved", "--by", "Our group").code == 0
    carry_out(planned(find("our-own@1.0-draft", (at(draft),)), Options(DAY)))
    index = draft / "releases/our-own/index.json"
    assert json.loads(index.read_text())["versions"][0]["approved"]["by"] == ["Our group"]
    late = status(draft, "our-own@1.0", "consultation")
    assert late.code == 2
    assert "init" in late.err
    dates = ("--deprecated", "2027-01-31", "--end-of-life", "2027-12-31")
    ran = status(draft, "our-own@1.0", *dates, "--lang", "fr")
    assert ran.code == 0
    assert "dernier jour : 2027-12-31" in ran.out
    assert status(draft, "our-own@1.0", *dates, "--replaced-by", "3.0").code == 2
    assert status(draft, "our-own@1.0", "--end-of-life", "2020-01-01").code == 2
    gone = status(draft, "our-own@1.0", "withdrawn", "--by", "Our group", "--on", "2027-02-01")
    assert "withdrawn on 2027-02-01 by Our group" in gone.out
    (one,) = verified(draft)
    assert (one.withdrawn, one.end_of_life, one.breaches) == ("2027-02-01", "2027-12-31", ())


def test_standards_shows_it(draft: Path, mobstd: Run) -> None:
    ran = mobstd("standards", "--root", str(draft), "--lang", "fr")
    assert "projet depuis le 2026-11-28" in ran.out
    entries = json.loads(mobstd("standards", "--root", str(draft), "--json").out)
    own = next(one for one in entries if one["name"] == "our-own")
    assert (own["standing"]["stage"], own["standing"]["day"]) == ("draft", "2026-11-28")
    alien = next(one for one in entries if one["name"] == "ocss")
    assert alien["standing"]["stage"] is None


SOURCE = """\
status: draft # as ever
stages: # what the group said
  # the first
  - {stage: draft, date: 2026-01-31}
  - stage: consultation
    date: 2026-02-28

title: {en: A, fr: B}
"""


def test_every_other_line_stays() -> None:
    made = decided(SOURCE, Decision("approved", date(2026, 3, 31), ('The "A" group',), MINUTES))
    kept = [line for line in made.splitlines() if line not in SOURCE.splitlines()]
    by = r'["The \"A\" group"]'
    assert kept == [f'  - {{stage: approved, date: 2026-03-31, by: {by}, minutes: "{MINUTES}"}}']
    assert made.index("stage: consultation") < made.index("approved") < made.index("title:")
    again = begun(made, date(2026, 4, 30))
    assert again.count("stage: ") == 1
    assert "title: {en: A, fr: B}" in again
    assert "stages:\n  - {stage: draft" in decided("status: draft", Decision("draft", DAY))


def test_a_day_before_the_last_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        decided(SOURCE, Decision("withdrawn", date(2026, 2, 27), ("A",)))
    assert caught.value.code == "edition.decided-before"
