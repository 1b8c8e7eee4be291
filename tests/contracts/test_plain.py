"""Files that mean no good are refused by name, before they cost anything."""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time

import pytest

from mobstd.canon.files import load
from mobstd.canon.plain import DEEPEST
from mobstd.errors import CanonError
from mobstd.messages import LANGUAGES


def doubling(first: str, later: str) -> str:
    """Return a YAML text in which each anchor repeats the one before ten times."""
    lines = [f"a0: &a0 {first}"]
    for number in range(1, 12):
        before = ", ".join([f"*a{number - 1}"] * 10)
        lines.append(f"a{number}: &a{number} {later.format(before)}")
    return "\n".join(lines)


REFUSED = {
    "aliases that multiply": ("a.yaml", doubling("[x]", "[{}]"), "canon.too-many"),
    "merges that multiply": ("a.yaml", doubling("{k: v}", "{{<<: [{}]}}"), "canon.too-many"),
    "an alias in itself": ("a.yaml", "a: &a [*a]", "canon.in-circles"),
    "a merge of itself": ("a.yaml", "a: &a {<<: *a}", "canon.in-circles"),
    "aliases that dig": (
        "a.yaml",
        "\n".join(
            ["a0: &a0 1"]
            + [f"a{n}: &a{n} {'[' * 50}*a{n - 1}{']' * 50}" for n in range(1, DEEPEST // 50 + 2)]
        ),
        "canon.too-deep",
    ),
    "deep YAML": ("a.yaml", "[" * 100_000, "canon.not-yaml"),
    "deep enough YAML": ("a.yaml", "[" * 300 + "]" * 300, "canon.too-deep"),
    "deep JSON": ("a.json", "[" * 100_000 + "]" * 100_000, "canon.too-deep"),
    "deep enough JSON": ("a.json", "[" * 300 + "]" * 300, "canon.too-deep"),
    "very many": ("a.yaml", "- a\n" * 1_000_001, "canon.too-many"),
    "too large": ("a.json", '"' + "a" * (17 << 20) + '"', "canon.too-large"),
    "another encoding": ("a.yaml", "title: vélo".encode("latin-1"), "canon.not-text"),
    "two bytes a letter": ("a.json", '{"a": 1}'.encode("utf-16"), "canon.not-text"),
    "a null byte in YAML": ("a.yaml", "a: \0", "canon.not-yaml"),
    "a null byte in JSON": ("a.json", '{"a": "\0"}', "canon.not-json"),
    "half a pair": ("a.json", '{"a": "\\ud800"}', "canon.not-plain"),
    "5,000 digits in JSON": ("a.json", "9" * 5000, "canon.not-plain"),
    "5,000 digits in YAML": ("a.yaml", "a: " + "9" * 5000, "canon.not-plain"),
    "5,000 digits of base 16": ("a.yaml", "a: 0x" + "f" * 5000, "canon.not-plain"),
    "more than a double": ("a.json", "1e999", "canon.not-plain"),
    "not a number": ("a.yaml", "a: .nan", "canon.not-plain"),
    "NaN in JSON": ("a.json", '{"a": NaN}', "canon.not-plain"),
    "bytes": ("a.yaml", "a: !!binary aGk=", "canon.not-plain"),
    "a set": ("a.yaml", "a: !!set {b, c}", "canon.not-plain"),
    "a moment": ("a.yaml", "a: !!timestamp 2026-01-01", "canon.not-plain"),
    "no moment": ("a.yaml", "a: !!timestamp soon", "canon.not-plain"),
    "no number": ("a.yaml", "a: !!int b", "canon.not-plain"),
    "an object of Python": ("a.yaml", "a: !!python/object:os.system {}", "canon.not-yaml"),
    "a list as a key": ("a.yaml", "? [a]\n: b", "canon.not-yaml"),
    "two documents": ("a.yaml", "a\n---\nb", "canon.not-yaml"),
    "an unknown alias": ("a.yaml", "a: *b", "canon.not-yaml"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str, tmp_path: Path) -> None:
    file, content, code = REFUSED[name]
    path = tmp_path / file
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    started = process_time()
    with pytest.raises(CanonError) as caught:
        load(path)
    assert process_time() - started < 5
    assert caught.value.code == code
    for lang in LANGUAGES:
        assert str(path) in caught.value.text(lang)
        assert caught.value.diagnostics(lang)


def test_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(CanonError, match="missing"):
        load(tmp_path / "none.json")
    with pytest.raises(CanonError, match="can't be read"):
        load(tmp_path)


def test_what_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(
        "2: one\n1.5: b\ntrue: yes\n~: null\nday: 2026-01-01\n"
        "base: &base {a: 1, b: 2}\nmore: {<<: *base, b: 3}\nagain: [*base, *base]\n"
    )
    assert load(path) == {
        **{"2": "one", "1.5": "b", "true": True, "null": None, "day": "2026-01-01"},
        "base": {"a": 1, "b": 2},
        "more": {"a": 1, "b": 3},
        "again": [{"a": 1, "b": 2}] * 2,
    }
    written = tmp_path / "a.json"
    value = {"deep": json.loads("[" * 150 + "]" * 150), "large": 10**300, "é": "🚲"}
    written.write_text("\ufeff" + json.dumps(value), "utf-8")
    assert load(written) == value
