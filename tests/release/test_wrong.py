"""Whatever stands at any place of any file of a standard: findings or a clear error, no crash."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from mobstd.errors import MobstdError
from mobstd.messages import LANGUAGES
from mobstd.release.lint.files import subjects
from mobstd.release.lint.render import FORMATS
from mobstd.release.lint.run import lint
from mobstd.release.starter import starter, write_starter

TODAY = date(2026, 11, 28)
VALUES: tuple[Any, ...] = (None, [], ["x"], "x", 5, -0.5, {}, {"x": 1}, True, [[]], "$ref")
DATA = ("schemas", "conformance")
WAIVER = {"rule": "LINT-DOC-01", "where": "a.json", "reason": "Why.", "date": "2026-11-28"}

Run = Callable[..., Any]
Path_ = tuple[Any, ...]
Wrong = tuple[str, str, Any]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new standard, with a file of every kind that mobstd knows."""
    folder = tmp_path_factory.mktemp("wrong") / "our-own"
    write_starter(starter("our-own", today=TODAY), folder)
    (folder / "schemas/our-own.lint.yaml").write_text(yaml.safe_dump({"waivers": [WAIVER]}))
    return folder


def read(path: Path) -> Any:
    text = path.read_text("utf-8")
    return json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)


def places(node: Any, path: Path_ = ()) -> Iterator[Path_]:
    yield path
    items = node.items() if isinstance(node, dict) else ()
    for key, value in enumerate(node) if isinstance(node, list) else items:
        yield from places(value, (*path, key))


def edited(document: Any, path: Path_, value: Any, *, drop: bool = False) -> Any:
    """Return a copy in which a place holds something else, or is gone."""
    made = json.loads(json.dumps(document, default=str))
    if not path:
        return value
    *steps, last = path
    here = made
    for step in steps:
        here = here[step]
    if drop:
        del here[last]
    else:
        here[last] = value
    return made


def wrongs(root: Path, count: int, seed: int, below: tuple[str, ...] = DATA) -> Iterator[Wrong]:
    """Yield files of a standard with one place wrong, a sample of all."""
    every: list[tuple[Path, Path_, Any, str]] = []
    found = [one for folder in below for one in (root / folder).rglob("*") if one.is_file()]
    for path in sorted(one for one in found if one.suffix in (".json", ".yaml")):
        for place in places(read(path)):
            every += [(path, place, value, "") for value in VALUES]
            every += [(path, place, None, "drop"), (path, (*place, "unknown"), {"a": 1}, "add")]
    for path, place, value, how in random.Random(seed).sample(every, count):
        try:
            made = edited(read(path), place, value, drop=how == "drop")
        except (TypeError, IndexError):  # a member of what has none
            continue
        told = f"{path.relative_to(root)} {place} {how or ':='} {value!r}"
        yield told, path.relative_to(root).as_posix(), made


def write(path: Path, content: Any) -> None:
    plain = json.loads(json.dumps(content, default=str))
    path.write_text(json.dumps(plain) if path.suffix == ".json" else yaml.safe_dump(plain))


def outcome(ask: Callable[[], Any]) -> Any:
    """Return what is answered; an error has to be the user's, and to say what to do."""
    try:
        return ask()
    except MobstdError as error:
        refused = error
    assert refused.exit_code in (1, 2), refused.text()
    assert all(refused.text(lang) and refused.diagnostics(lang) for lang in LANGUAGES), refused.code
    return refused


def linted(root: Path) -> Any:
    result = lint(subjects(str(root), ()), today=TODAY)
    for render in FORMATS.values():
        assert render(result, "fr")
    return result


def test_lint(clean: Path, tmp_path: Path) -> None:
    held = 0
    for number, (told, file, content) in enumerate(wrongs(clean, 110, seed=7)):
        root = shutil.copytree(clean, tmp_path / f"{number}")
        write(root / file, content)
        try:
            found = outcome(lambda root=root: linted(root))
        except Exception as error:
            raise AssertionError(told) from error
        held += isinstance(found, MobstdError) or bool(found.findings)
    assert held > 50, "the sample breaks something"


@pytest.mark.parametrize("verb", ["release", "verify", "impact"])
def test_verbs(verb: str, clean: Path, tmp_path: Path, mobstd: Run) -> None:
    document = tmp_path / "document.json"
    document.write_text('{"id": "a", "name": "A"}')
    codes = set()
    for number, (told, file, content) in enumerate(wrongs(clean, 40, seed=11)):
        root = shutil.copytree(clean, tmp_path / f"{number}")
        write(root / file, content)
        words = {
            "release": ("release", "our-own@1.0-draft", "--dry-run", "--root", str(root)),
            "verify": ("verify", "--root", str(root)),
            "impact": (
                *("impact", str(document), "--schema", "place", "--root", str(root)),
                *("--from", "our-own@1.0-draft", "--to", "our-own@1.0-draft"),
            ),
        }
        ran = mobstd("schemas", *words[verb])
        assert ran.code in (0, 1, 2), f"{told}\n{ran.err}"
        codes.add(ran.code)
    assert len(codes) > 1, "the sample breaks something"


def test_releases_that_somebody_changed(clean: Path, tmp_path: Path, mobstd: Run) -> None:
    root = shutil.copytree(clean, tmp_path / "released")
    (root / "schemas/our-own.lint.yaml").unlink()
    approved = ("schemas", "status", "our-own@1.0-draft", "approved", "--by", "The town")
    assert mobstd(*approved, "--root", str(root)).code == 0
    words = ("schemas", "release", "our-own@1.0-draft", "--root", str(root))
    assert mobstd(*words, "--date", "2026-11-28").code == 0
    codes = []
    places = list(wrongs(root, 60, seed=5, below=("releases",)))
    tables = [one for one in places if one[1].endswith((".lock.json", "index.json"))]
    for number, (told, file, content) in enumerate([*places[:15], *tables]):
        changed = shutil.copytree(root, tmp_path / f"{number}")
        write(changed / file, content)
        ran = mobstd("schemas", "verify", "--root", str(changed))
        assert ran.code in (0, 1, 2), f"{told}\n{ran.err}"
        codes.append(ran.code)
    assert 1 in codes


HOSTILE: dict[str, bytes] = {
    "circles": b"a: &a [*a]",
    "laughs": b"a0: &a [x, x]\n" + b"".join(
        b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1) if n > 1 else b"*a"] * 10))
        for n in range(1, 12)
    ),
    "deep": b"[" * 100_000,
    "encoding": b"name: v\xe9lo",
    "null byte": b"a: \0",
    "two of a key": b"status: draft\nstatus: draft\n",
    "other keys": b"1: a\n2.5: b\ntrue: c\n~: d\n2026-01-01: e\n",
    "digits": b"a: " + b"9" * 5000,
    "nothing": b"",
    "a list": b"- a\n- b\n",
    "a moment": b"a: !!timestamp 2026-01-01",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files(name: str, clean: Path, tmp_path: Path, mobstd: Run) -> None:
    for number, file in enumerate(
        (
            "schemas/our-own/1.0-draft/source.yaml",
            "schemas/our-own/1.0-draft/openapi/operator.yaml",
            "schemas/our-own/1.0-draft/place.schema.json",
            "schemas/our-own/1.0-draft/examples/valid/place/1.json",
            "schemas/our-own.lint.yaml",
            "conformance/our-own/requirements.yaml",
            "conformance/our-own/suite.yaml",
            "conformance/our-own/vectors/places.json",
        )
    ):
        root = shutil.copytree(clean, tmp_path / f"{number}")
        (root / file).write_bytes(HOSTILE[name])
        ran = mobstd("schemas", "lint", str(root))
        assert ran.code in (1, 2), f"{file}\n{ran.out}{ran.err}"
        assert Path(file).name in ran.out + ran.err
        ran = mobstd("schemas", "release", "our-own@1.0-draft", "--dry-run", "--root", str(root))
        assert ran.code in (1, 2), f"{file}\n{ran.out}{ran.err}"


@pytest.mark.parametrize(
    "words",
    [
        ("lint", "a" * 5000),
        ("lint", "a" * 5000 + ".yaml"),
        ("impact", "a" * 5000, "--to", "ocss@1.0-alpha"),
        ("impact", "none.ndjson", "--to", "ocss@1.0-alpha"),
        ("verify", "a" * 5000),
        ("verify", "--key", "a" * 5000),
        ("release", "ocss@1.0-alpha"),
        ("release", "ocss@1.0-alpha", "--date", "soon"),
        ("init", "a" * 5000),
        ("init", "../up"),
        ("init", "good", "--title", "a\nb"),
        ("init", "good", "--base", "javascript:alert(1)"),
        ("init", "good", "--from", "1.0"),
    ],
)
def test_words_that_mean_nothing(
    words: tuple[str, ...], mobstd: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = mobstd("schemas", *words)
    assert ran.code == 2, ran.err
    assert "Traceback" not in ran.err
    assert list(tmp_path.iterdir()) == []
