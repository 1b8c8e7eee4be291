"""A small site, built: titles, languages, links, nothing from elsewhere, the same every time."""

from __future__ import annotations

import importlib.util
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mobstd.canon.root import Root
from mobstd.canon.standard import find, versions
from mobstd.errors import CanonError, ConfigError, UnknownName
from mobstd.release.site import generator
from mobstd.release.site.badges import badges
from mobstd.release.site.documents import documents
from mobstd.release.site.dossier import dossier
from mobstd.release.site.downloads import downloads
from mobstd.release.site.site import (
    MANIFEST,
    Files,
    checked_address,
    checked_folder,
    chosen,
    write_site,
)

from .conftest import ADDRESS, made
from .reader import broken, seen
from .standards import NAME

Run = Callable[..., Any]
OWN = {"script", "style"}


def test_titles_languages_and_headings(files: Files) -> None:
    for name, raw in files.items():
        if name.endswith(".html"):
            page = seen(raw.decode())
            french = name.startswith("fr/") or name.endswith("/fr.html")
            assert page.lang == ("fr" if french else "en"), name
            assert page.title
            assert page.headings[0] == 1, name
            assert page.headings.count(1) == 1, name
            steps = zip(page.headings, page.headings[1:], strict=False)
            assert all(after - before <= 1 for before, after in steps), name
    first = seen(files[f"standards/{NAME}/1.0-draft/index.html"].decode())
    assert first.title.startswith(f"{NAME}@1.0-draft")


def test_every_link_leads_somewhere_in_both_languages(files: Files) -> None:
    pages = {name: seen(raw.decode()) for name, raw in files.items() if name.endswith(".html")}
    assert list(broken(files, pages, ADDRESS)) == []
    assert f"fr/standards/{NAME}/1.1-draft/changes.html" in pages
    assert sum(len(page.links) for page in pages.values()) > 300


def test_nothing_is_loaded_from_elsewhere(files: Files) -> None:
    for name, raw in files.items():
        if name.endswith(".html"):
            page = seen(raw.decode())
            assert page.loads
            assert not [to for to in page.loads if "//" in to], name
        if name.endswith(".css"):
            assert not re.search(rb"@import|url\(\s*[\"']?(https?:|//)", raw), name


def test_what_a_standard_says_does_not_run(files: Files) -> None:
    plain = seen(files["search.html"].decode())
    told = 0
    for name, raw in files.items():
        if name.endswith(".html") and "search" not in name:
            page = seen(raw.decode())
            assert page.tags["script"] < plain.tags["script"], name
            assert "img" not in page.tags
            assert page.handlers == []
            assert not [link for link in page.links if link.startswith("javascript:")]
            told += "".join(page.text).count("<script>alert(1)</script>")
    assert told > 30


def test_it_is_the_same_every_time(files: Files, root: Root) -> None:
    again = made(root)
    assert again.keys() == files.keys()
    assert [name for name in files if files[name] != again[name]] == []


def test_search_knows_every_requirement(files: Files, root: Root) -> None:
    index = files["searchindex.js"].decode()
    assert index.startswith("Search.setIndex(")
    titles = json.loads(index[len("Search.setIndex(") : -1])["alltitles"]
    rows = dossier(find(f"{NAME}@1.0-draft", (root,)), versions((root,))).rows
    assert rows
    assert {row["id"] for row in rows} <= titles.keys()


def test_an_address_makes_pages_canonical(files: Files) -> None:
    page = files[f"fr/standards/{NAME}/index.html"].decode()
    assert f'<link rel="canonical" href="{ADDRESS}fr/standards/{NAME}/index.html">' in page


def test_downloads_are_whole(files: Files, root: Root) -> None:
    version = find(f"{NAME}@1.0-draft", (root,))
    place = f"schemas/{NAME}/1.0-draft"
    archive = zipfile.ZipFile(io.BytesIO(files[f"{place}/{NAME}-1.0-draft.zip"]))
    inside = {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}
    for one in downloads(version)[1:]:
        assert inside[one.name] == one.raw == files[f"{place}/{one.name}"]
    assert f"canon/conformance/{NAME}/requirements.yaml" in inside
    schema = json.loads(files[f"{place}/place.schema.json"])
    assert schema["$id"].endswith(f"{place}/place.schema.json")


def test_what_was_released_is_handed_out_as_it_was(mobstd: Run, tmp_path: Path) -> None:
    from .standards import benches

    released = benches(tmp_path / "plain")
    status = ("schemas", "status", f"{NAME}@1.0-draft", "approved", "--by", "The town")
    assert mobstd(*status, "--root", str(released.folder)).code == 0
    argv = ("schemas", "release", f"{NAME}@1.0-draft", "--root", str(released.folder))
    assert mobstd(*argv, "--date", "2026-11-28").code == 0
    version = find(f"{NAME}@1.0", (released,))
    names = {one.name for one in downloads(version)}
    assert {"release.json", "CHANGES.md", "vectors.json", f"{NAME}-1.0.zip"} <= names


def test_badges_are_what_shields_reads() -> None:
    every = versions()
    found = dict(badges(dossier(find("ocss@1.0-alpha"), every)))
    told = {str(path): json.loads(raw) for path, raw in found.items()}
    assert {path.rpartition("/")[2] for path in told} == {
        "status.json", "status.fr.json", "requirements.json", "requirements.fr.json",
        "kill-rate.json", "kill-rate.fr.json",
    }  # fmt: skip
    for value in told.values():
        assert value.keys() == {"schemaVersion", "label", "message", "color"}
        assert value["schemaVersion"] == 1
    assert told["badges/ocss/1.0-alpha/kill-rate.json"]["message"] == "100%"
    assert told["badges/ocss/1.0-alpha/status.fr.json"]["message"] == "projet"
    unmeasured = dict(badges(dossier(find("carpool-proof@3.0"), every)))
    assert not [path for path in unmeasured if "kill-rate" in str(path)]


def test_documents_lead_to_the_source_where_they_leave_the_docs() -> None:
    texts = {one.path: one for one in documents()}
    assert {"docs/index", "docs/operator", "docs/platform", "docs/maintainer"} <= texts.keys()
    index = texts["docs/index"]
    assert "/blob/main/conformance/README.md)" in index.text
    assert "](operator.md)" in index.text
    assert index.below[:3] == ("docs/operator", "docs/platform", "docs/maintainer")
    assert texts["docs/operator"].title.startswith("Ten minutes")
    assert set(texts) - {"docs/index"} == {path for one in texts.values() for path in one.below}


def test_what_is_asked_for(root: Root) -> None:
    assert [str(one) for one in chosen([f"{NAME}@1.1-draft"], (root,))] == [f"{NAME}@1.1-draft"]
    assert len(chosen([NAME, f"{NAME}@1.1-draft"], (root,))) == 2
    assert len(chosen([], (root,))) == len(versions()) + 2
    with pytest.raises(UnknownName, match=NAME):
        chosen(["shared-bench"], (root,))
    with pytest.raises(UnknownName, match=r"1\.0-draft"):
        chosen([f"{NAME}@9.9"], (root,))


@pytest.mark.parametrize("address", ["example.org", "ftp://example.org/", "https://a b/", '"'])
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(ConfigError, match="is not an address"):
        checked_address(address)


def test_an_address_ends_with_a_slash() -> None:
    assert checked_address("https://example.org/a") == "https://example.org/a/"
    assert checked_address("") == ""


def test_what_others_put_beside_it_stays(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    write_site({"index.html": b"1", "old/a.html": b"2"}, folder)
    (folder / "CNAME").write_text("example.org")
    write_site({"index.html": b"3"}, folder)
    assert (folder / "index.html").read_bytes() == b"3"
    assert not (folder / "old").exists()
    assert (folder / "CNAME").read_text() == "example.org"
    assert json.loads((folder / MANIFEST).read_text())["files"].keys() == {"index.html"}


def test_a_folder_of_others_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    for wanted in (tmp_path, tmp_path / "notes.txt"):
        with pytest.raises(ConfigError, match="is not a site that mobstd made"):
            checked_folder(wanted)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / MANIFEST).write_text('{"$comment": "x", "files": {"../notes.txt": ""}}')
    with pytest.raises(ConfigError, match="is not a site that mobstd made"):
        write_site({}, tmp_path / "other")
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_the_command_refuses_before_it_works(mobstd: Run, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    ran = mobstd("schemas", "site", "--out", str(tmp_path))
    assert ran.code == 2
    assert str(tmp_path) in ran.err
    assert mobstd("schemas", "site", "nothing", "--out", str(tmp_path / "new")).code == 2
    ran = mobstd(
        "schemas", "site", "--out", str(tmp_path / "new"), "--base-url", "x", "--lang", "fr"
    )
    assert ran.code == 2
    assert "adresse" in ran.err


def test_the_command_says_what_is_missing(
    mobstd: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generator, "find_spec", lambda name: None)
    ran = mobstd("schemas", "site", "rdex", "--out", str(tmp_path / "new"))
    assert ran.code == 2
    assert "pip install 'mobstd[site]'" in ran.err
    assert not (tmp_path / "new").exists()
    assert importlib.util.find_spec("sphinx")


def test_a_generator_that_fails_is_told_in_a_line(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(generator, "SECONDS", 0.01)
        with pytest.raises(CanonError, match="TimeoutExpired"):
            made(root)
    monkeypatch.setattr(generator, "markdown", lambda page: "```{none} x\n```\n")
    with pytest.raises(CanonError, match="Unknown directive type: 'none'") as failed:
        made(root)
    assert len(str(failed.value).splitlines()) == 1
