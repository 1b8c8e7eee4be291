"""Each rule finds what breaks it, leaves alone what does not, and says it in both languages."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.standard import versions
from mobstd.messages import LANGUAGES, catalogue
from mobstd.release.lint.files import of_version, subjects
from mobstd.release.lint.rule import SEVERITIES
from mobstd.release.lint.rules.pattern import differences, refusals
from mobstd.release.lint.run import Result, every_rule, lint
from mobstd.release.starter import starter, write_starter

from .cases import BODY, EDITS, FILES, LEGAL, NEAR, api, change, member, members, named, schema

TODAY = date(2026, 11, 28)
ELSEWHERE = {"LINT-WAIVER-01", "LINT-WAIVER-02", "LINT-FILE-02", "LINT-SOURCE-07"}
"""Rules that test_files.py, test_waivers.py and tests/release/sentences are about."""


def linted(what: Path, *only: str) -> Result:
    return lint(subjects(str(what), ()), today=TODAY, only=only)


def told(result: Result) -> list[str]:
    return [f"{one.rule.id} {one.document.name}#{one.hit.pointer}" for one in result.findings]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new standard, as ``mobstd schemas init`` makes it."""
    folder = tmp_path_factory.mktemp("own") / "our-own"
    write_starter(starter("our-own", today=TODAY), folder)
    return folder


def test_every_rule_has_its_cases() -> None:
    assert set(FILES) | set(EDITS) | ELSEWHERE == set(every_rule())
    assert not any(every_rule()[id_].house for id_ in FILES)
    assert set(NEAR) == set(FILES)
    assert set(LEGAL) == set(EDITS)


@pytest.mark.parametrize("id_", every_rule())
def test_every_rule_has_its_texts(id_: str) -> None:
    rule, texts = every_rule()[id_], catalogue()
    assert re.fullmatch(r"LINT-[A-Z]+-[0-9]{2}", id_)
    assert rule.severity in SEVERITIES
    for code in (rule.code, f"{rule.code}.title", f"{rule.code}.why"):
        assert set(texts[code]) == set(LANGUAGES)
    for lang in LANGUAGES:
        assert "{" not in rule.text("title", lang)


def test_every_text_belongs_to_a_rule() -> None:
    codes = {rule.code for rule in every_rule().values()}
    about = {code for code in catalogue() if re.match(r"lint\.[a-z]+-[0-9]", code)}
    assert about == {code + part for code in codes for part in ("", ".title", ".why")}


@pytest.mark.parametrize("id_", FILES)
def test_a_file(id_: str, tmp_path: Path) -> None:
    for number, document in enumerate(FILES[id_]):
        file = tmp_path / f"{number}.json"
        file.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
        found = linted(file, id_).findings
        assert bool(found) == (number == 0), [one.text() for one in found]
        for one in found:
            assert one.rule.id == id_
            for lang in LANGUAGES:
                text = one.text(lang)
                assert text
                assert not re.match(r"lint\.", text), "a parameter is missing"


@pytest.mark.parametrize("id_", EDITS)
def test_a_standard(id_: str, clean: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    shutil.copytree(clean, root)
    change(root, *EDITS[id_])
    found = linted(root, id_).findings
    assert found
    for one in found:
        assert not re.match(r"lint\.", one.text("fr")), "a parameter is missing"


@pytest.mark.parametrize("id_", NEAR)
def test_a_file_that_is_nearly_wrong(id_: str, tmp_path: Path) -> None:
    file, document = tmp_path / "thing.json", NEAR[id_]
    file.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    assert told(linted(file, id_)) == []


@pytest.mark.parametrize("id_", LEGAL)
def test_a_standard_that_is_nearly_wrong(id_: str, clean: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    shutil.copytree(clean, root)
    change(root, *LEGAL[id_])
    assert told(linted(root, id_)) == []


ONE_CAUSE = {
    "LINT-DOC-02": named("duration", type="integer"),
    "LINT-NAME-04": members("pickUp", "dropOff", "fullName", "lastName", "pick_up"),
    "LINT-OPENAPI-10": api({"requestBody": BODY}),
    "LINT-PATTERN-05": member(pattern="/^[0-9]{12}$/"),
    "LINT-PATTERN-01": member(pattern="^\\p{L}$"),
}


@pytest.mark.parametrize("id_", ONE_CAUSE)
def test_one_cause_is_one_finding(id_: str, tmp_path: Path) -> None:
    file = tmp_path / "thing.json"
    file.write_text(json.dumps(ONE_CAUSE[id_]), "utf-8")
    idle = ("LINT-DOC-01", "LINT-DOC-04", "LINT-DOC-02", "LINT-OPENAPI-07")
    found = [one.rule.id for one in linted(file).findings if one.rule.id not in idle or id_ in idle]
    topics = ("LINT-DOC-02", "LINT-DOC-03", "LINT-NAME", "LINT-OPENAPI", "LINT-PATTERN")
    assert [one for one in found if one.startswith(topics)] == [id_]


def test_one_lack_of_a_whole_document_is_one_finding(tmp_path: Path) -> None:
    file = tmp_path / "api.json"
    operation = {**api({"tags": ["things"]})["paths"]["/things"]["get"]}
    paths = {f"/{n}": {"get": {**operation, "operationId": f"get{n}"}} for n in range(5)}
    document = api(paths=paths)
    del document["security"]
    file.write_text(json.dumps(document), "utf-8")
    for id_ in ("LINT-OPENAPI-08", "LINT-OPENAPI-09"):
        assert len(linted(file, id_).findings) == 1
    paths["/0"]["get"]["security"] = []
    file.write_text(json.dumps(document), "utf-8")
    assert len(linted(file, "LINT-OPENAPI-08").findings) == 4


def test_a_new_standard_is_clean(clean: Path) -> None:
    result = linted(clean)
    assert told(result) == []
    assert result.waived == ()


@pytest.mark.parametrize("version", versions(), ids=str)
def test_our_standards_are_clean_or_say_why_not(version: Any) -> None:
    """Waivers of all versions together are held by the one below."""
    result = lint([of_version(version)], today=TODAY)
    assert told(result) == []
    assert all(one.waiver and one.waiver.reason and one.waiver.day for one in result.waived)


def test_no_waiver_of_ours_is_idle() -> None:
    result = lint([of_version(version) for version in versions()], today=TODAY)
    assert told(result) == []


@pytest.mark.parametrize(
    ("pattern", "engines"),
    [
        ("^[0-9]{2}$", ""),
        ("^(a|b)[^a-z.]*\\.[[:-]{1,}?$", ""),
        ("^[^a\\]]+$", ""),
        ("^a(?=b)$", "RE2 (Go), regex (Rust)"),
        ("(?i)^a$", "ECMAScript (u)"),
        ("^(?P<n>a)$", "ECMAScript (u)"),
        ("^(?<n>a)$", "Python"),
        ("^a\\Z", "ECMAScript (u)"),
        ("^\\u{61}$", "Python"),
        ("^\\p{L}$", "Python"),
        ("^(a)\\1$", "RE2 (Go), regex (Rust)"),
        ("^a\\_b$", "ECMAScript (u)"),
        ("^a\\-b$", "ECMAScript (u)"),
        ("^[a\\-b]$", ""),
        ("^a++$", "ECMAScript (u), RE2 (Go), regex (Rust)"),
        ("^a{$", "ECMAScript (u)"),
        ("^(a$", "Python"),
        ("^\\0$", "RE2 (Go), regex (Rust)"),
        ("^\\012$", "ECMAScript (u), RE2 (Go), regex (Rust)"),
        ("^[\\b]$", "RE2 (Go), regex (Rust)"),
    ],
)
def test_engines_that_refuse_a_pattern(pattern: str, engines: str) -> None:
    assert "; ".join(dict.fromkeys(engine for engine, _ in refusals(pattern))) == engines


def test_a_difference_between_engines_is_shown_by_a_text() -> None:
    import jsonschema_rs

    for pattern in ("\\d", "\\w", "\\s"):
        ((piece, text),) = differences(f"^{pattern}$")
        assert piece == pattern
        rust = jsonschema_rs.validator_for({"pattern": f"^{pattern}$"}).is_valid(text)
        assert rust != bool(re.match(f"^{pattern}$", text))
    assert differences("^[]a]$") == [("[]", "]")]
    assert differences("^[a&&b]$") == [("&&", "&&")]
    assert differences("^[0-9a-f]{4}(-[A-Z_]+)*$") == []


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("$schema: x\n$id: https://example.org/a\ntype: object\nproperties:\n  a:\n"
                    "    type: string\n    pattern: ^\\d$\n", "utf-8")  # fmt: skip
    (one,) = linted(file, "LINT-PATTERN-02").findings
    assert (one.line, one.hit.pointer) == (7, "/properties/a/pattern")
    written = tmp_path / "b.json"
    written.write_text(json.dumps(schema(pattern="^\\d$"), indent=2), "utf-8")
    (one,) = linted(written, "LINT-PATTERN-02").findings
    assert written.read_text("utf-8").splitlines()[one.line - 1].strip().startswith('"pattern"')


def test_references_between_files_are_followed_and_nothing_is_fetched(tmp_path: Path) -> None:
    (tmp_path / "api.json").write_text(
        json.dumps(
            api(
                {
                    "responses": {
                        "200": {
                            "description": "Yes.",
                            "content": {"application/json": {"schema": {"$ref": "a/thing.json"}}},
                        }
                    }
                }
            )
        )
    )
    (tmp_path / "a").mkdir()
    (tmp_path / "a/thing.json").write_text(json.dumps({"$ref": "other.json#/$defs/x"}))
    result = linted(tmp_path / "api.json", "LINT-REF-05")
    assert told(result) == ["LINT-REF-05 a/thing.json#/$ref"]
    (tmp_path / "a/other.json").write_text(json.dumps({"$defs": {"x": {"$ref": "../../etc.json"}}}))
    result = linted(tmp_path / "api.json", "LINT-REF-05")
    assert told(result) == ["LINT-REF-05 a/other.json#/$defs/x/$ref"]
