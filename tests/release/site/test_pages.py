"""Pages of every standard, before the generator: whole, linked, escaped, in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from mobstd.canon.root import Root
from mobstd.canon.standard import find, versions
from mobstd.messages import LANGUAGES
from mobstd.release.site.dossier import Dossier, dossier
from mobstd.release.site.downloads import downloads, folder_of
from mobstd.release.site.generator import markdown
from mobstd.release.site.members import MOST, members
from mobstd.release.site.pages import Page, Subject, home, pages, place

from .reader import Seen, broken, seen
from .standards import HOSTILE, NAME

EVERY = versions()
HEADING = re.compile(r"<h([1-6])>(.*?)</h\1>")


def anchored(html: str) -> str:
    """Return a page whose headings have the names that the generator gives them."""

    def named(match: re.Match[str]) -> str:
        name = re.sub(r"[^a-z0-9]+", "-", match[2].lower()).strip("-")
        return f'<h{match[1]} id="{name}">{match[2]}</h{match[1]}>'

    return HEADING.sub(named, html)


@pytest.fixture(scope="module")
def subject() -> Subject:
    found = [dossier(version, EVERY) for version in EVERY]
    return Subject(found, {str(version): downloads(version) for version in EVERY})


@pytest.fixture(scope="module", params=LANGUAGES)
def every(request: pytest.FixtureRequest, subject: Subject) -> tuple[str, dict[str, Page]]:
    lang = request.param
    made = [home(subject, lang), *pages(subject, lang)]
    return lang, {page.path: page for page in made}


def of(subject: Subject, name: str) -> Dossier:
    return next(one for one in subject.dossiers if str(one.version) == name)


def test_every_version_has_its_pages(subject: Subject, every: tuple[str, dict[str, Page]]) -> None:
    _, made = every
    for one in subject.dossiers:
        assert {place(one), place(one, "schemas"), place(one, "downloads")} <= made.keys()
        assert (place(one, "operations") in made) is bool(one.version.roles)
        assert (place(one, "changes") in made) is (one.before is not None)
        if one.rows:
            rows = made[place(one, "requirements")].html
            assert all(f"<h3>{row['id']}</h3>" in rows for row in one.rows)
        shown = made[place(one, "schemas")].html
        assert all(f"<h2>{name}</h2>" in shown for name in one.schemas)
        if one.vectors:
            told = made[place(one, "vectors")].html
            assert all(f"<code>{vector['id']}</code>" in told for vector in one.vectors)


def test_nothing_is_left_unsaid(every: tuple[str, dict[str, Page]]) -> None:
    lang, made = every
    for page in made.values():
        assert not re.search(r"\b(site|explain|diff|cli)\.[a-z.-]+ \{", page.html), page.path
    words = "Exigences" if lang == "fr" else "Requirements"
    assert words in made["standards/rdex/1.2/index"].html
    title = seen(made["standards/rdex/1.2/requirements"].html).text
    assert ("Requirements of rdex@1.2" in "".join(title)) is (lang == "en")


def test_every_link_leads_somewhere(subject: Subject, every: tuple[str, dict[str, Page]]) -> None:
    lang, made = every
    prefix = "" if lang == "en" else f"{lang}/"
    found: dict[str, Seen] = {
        f"{prefix}{path}.html": seen(anchored(page.html)) for path, page in made.items()
    }
    files: dict[str, bytes] = dict.fromkeys(found, b"")
    for one in subject.dossiers:
        for file in subject.downloads[str(one.version)]:
            files[f"{folder_of(one.version)}/{file.name}"] = file.raw
        suffix = "" if lang == "en" else f".{lang}"
        for badge in ("status", "requirements", "kill-rate"):
            files[f"badges/{one.version.name}/{one.version.version}/{badge}{suffix}.json"] = b""
    assert list(broken(files, found)) == []
    assert sum(len(page.links) for page in found.values()) > 5000


def test_a_requirement_says_what_proves_its_check(subject: Subject) -> None:
    one = of(subject, "ocss@1.0-alpha")
    faults = one.faults["OCSS-PRICE-01"]
    assert "OCSS-PRICE-01/lower-case" in [fault.id for fault in faults]
    assert one.ends("OCSS-PRICE-01") == {
        name: count
        for name, count in one.measured["rows"]["OCSS-PRICE-01"].items()
        if count and name != "seeded"
    }
    seeded = sum(fault.seeded for every in one.faults.values() for fault in every)
    assert seeded == one.measured["faults"]["seeded"]
    assert sum(twin.seeded for twin in one.twins) == one.measured["twins"]["seeded"]


def test_what_changed_is_told_since_the_version_before(subject: Subject) -> None:
    later = of(subject, "ocss@2.0-proposal")
    assert str(later.before) == "ocss@1.0-alpha"
    assert later.changes is not None
    assert later.changes["counts"]["breaking"] > 0
    first = of(subject, "carpool-proof@3.3")
    assert first.changes is not None
    assert first.changes["schemas_only"] is True
    assert of(subject, "ocss@1.0-alpha").changes is None


def test_a_settlement_is_that_of_the_version(subject: Subject) -> None:
    old, new = (of(subject, name) for name in ("ocss@1.0-alpha", "ocss@2.0-proposal"))
    settled = [
        next(row["settlement"]["en"] for row in one.ambiguities if row["id"] == "A1")
        for one in (old, new)
    ]
    assert settled[0].startswith("Optional")
    assert settled[1].startswith("Required")


def test_members_are_told_however_deep() -> None:
    schema: Mapping[str, object] = {
        "type": "object",
        "required": ["a"],
        "properties": {
            "a": {"type": ["string", "null"], "enum": ["x", None], "default": "x"},
            "b": {"type": "array", "maxItems": 3, "items": {"$ref": "other.schema.json"}},
            "c": {"allOf": [{"$ref": "one.schema.json"}, {"minLength": 1}], "deprecated": True},
            "d": {"additionalProperties": {"type": "integer", "minimum": 1}},
            "e": False,
        },
    }
    told = {line.path: line for line in members(schema)}
    assert list(told) == ["", "a", "b", "b[]", "c", "d", "d.*", "e"]
    assert told["a"].required is True
    assert told["b"].required is False
    assert told["a"].types == ("string", "null")
    assert told["a"].values == ('"x"', "null")
    assert told["a"].facts == (("default", '"x"'),)
    assert told["b"].facts == (("maxItems", "3"),)
    assert told["b[]"].schemas == ("other",)
    assert told["c"].schemas == ("one",)
    assert dict(told["c"].facts).keys() == {"allOf", "deprecated"}
    assert told["d.*"].facts == (("minimum", "1"),)
    assert told["e"].facts == (("schema", "false"),)


def test_members_have_an_end() -> None:
    deep: dict[str, object] = {"type": "string"}
    for _ in range(30):
        deep = {"properties": {"a": deep}}
    assert len(members(deep)) == 9
    wide = {"properties": {f"m{number}": {} for number in range(2 * MOST)}}
    assert len(members(wide)) == MOST
    assert [line.path for line in members(True)] == [""]


def test_what_a_standard_says_stays_text(root: Root) -> None:
    known = versions((root,))
    found = [dossier(find(f"{NAME}@{n}", (root,)), known) for n in ("1.0-draft", "1.1-draft")]
    subject = Subject(found, {str(one.version): downloads(one.version) for one in found})
    for lang in LANGUAGES:
        made = [home(subject, lang), *pages(subject, lang)]
        told = 0
        for page in made:
            got = seen(page.html)
            assert not got.tags.keys() & {"script", "img", "b"}, page.path
            assert got.handlers == []
            assert not [link for link in got.links if link.startswith("javascript:")]
            told += "".join(got.text).count("<script>alert(1)</script>")
            text = markdown(page)
            fences = [line for line in text.splitlines() if line.startswith("```")]
            assert fences[::2] == ["```{raw} html"] * (len(fences) // 2)
            assert fences[1::2] == ["```"] * (len(fences) // 2)
        assert told > 30


def test_a_heading_is_no_markdown() -> None:
    page = Page("a", "<h2>&lt;b&gt; *x* `y` [z](q) {r}</h2>\n<p>`</p>")
    heading, _, rest = markdown(page).partition("\n")
    assert not set(heading.removeprefix("## ")) & set("<>*`[](){}_!|\\")
    assert rest.strip() == "```{raw} html\n<p>&#96;</p>\n```"
    assert len(HOSTILE.splitlines()) > 1
