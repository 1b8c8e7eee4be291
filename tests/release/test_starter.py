"""A new standard is taken by everything as it stands, and nothing in the source knows it."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from mobstd.canon.contracts import hold
from mobstd.canon.root import Root, at
from mobstd.canon.standard import find
from mobstd.conformance.profile import Profile
from mobstd.conformance.run import Options, check
from mobstd.errors import ConfigError
from mobstd.release.comment.text import MARK
from mobstd.release.starter import starter, write_starter
from mobstd.serving.faults import load_faults, select
from mobstd.serving.opening import implementation
from mobstd.transport import AsgiSender

Run = Callable[..., Any]
TODAY = date(2026, 11, 28)
NAME = "shared-benches@1.0-draft"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    folder = tmp_path_factory.mktemp("benches") / "new"
    write_starter(starter("shared-benches", today=TODAY, title="Bancs partagés"), folder)
    return at(folder)


def red(root: Root, *faults: str) -> tuple[str, set[str]]:
    version = find(NAME, (root,))
    sender = AsgiSender(implementation(version, "operator", variants=select(version, faults)))
    options = Options(roots=(root,), with_fuzz=False, now=datetime(2026, 11, 23, 9, tzinfo=UTC))
    try:
        report = check(sender, Profile("test:app", NAME), options)
    finally:
        sender.close()
    return report["verdict"], {row["id"] for row in report["requirements"] if row["findings"]}


def test_it_obeys_the_contracts(root: Root) -> None:
    hold(root)
    version = find(NAME, (root,))
    assert version.source["title"]["fr"] == "Bancs partagés"
    assert version.plug is None


def test_it_is_served_and_conforms(root: Root) -> None:
    assert red(root) == ("conforming", set())


def test_each_fault_is_found_under_its_own_row(root: Root) -> None:
    faults = load_faults(find(NAME, (root,)))
    assert len(faults) == 6
    for fault in faults:
        assert red(root, fault.id)[1] == {fault.requirement}


def test_it_is_generated(root: Root, mobstd: Run, tmp_path: Path) -> None:
    pytest.importorskip("datamodel_code_generator")
    argv = ("--standard", NAME, "--root", str(root.folder), "--out", str(tmp_path / "made"))
    assert mobstd("generate", *argv).code == 0
    assert mobstd("generate", "--check", *argv).code == 0


def scripts(root: Root) -> list[str]:
    """Return every line of shell that the templates for CI run."""
    workflow = yaml.safe_load((root.folder / ".github/workflows/standard.yml").read_text())
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    pipeline = yaml.safe_load((root.folder / ".gitlab-ci.yml").read_text())
    jobs = [one for one in pipeline.values() if isinstance(one, dict)]
    told = [line for job in jobs for line in (*job.get("script", ()), *job.get("after_script", ()))]
    return [*(step["run"] for step in steps if "run" in step), *told]


def test_the_templates_for_ci_are_whole(root: Root) -> None:
    workflow = yaml.safe_load((root.folder / ".github/workflows/standard.yml").read_text())
    assert workflow[True]["push"]["tags"] == ["shared-benches@*"]
    assert {"lint", "comment", "release"} == set(workflow["jobs"])
    assert workflow["permissions"] == {"contents": "read"}
    used = [
        one["uses"] for job in workflow["jobs"].values() for one in job["steps"] if "uses" in one
    ]
    assert used
    assert [one for one in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", one)] == []
    pipeline = yaml.safe_load((root.folder / ".gitlab-ci.yml").read_text())
    assert pipeline["release"]["rules"] == [{"if": "$CI_COMMIT_TAG =~ /^shared-benches@/"}]
    assert {"lint", "comment", "release"} < set(pipeline)


def test_the_templates_for_ci_are_shell(root: Root) -> None:
    for script in scripts(root):
        assert subprocess.run(["sh", "-n", "-c", script], check=False).returncode == 0, script
        assert "${{" not in script  # what others name reaches the shell by the environment alone


def test_the_templates_for_ci_find_the_comment_of_before(root: Root) -> None:
    assert sum(MARK in script for script in scripts(root)) == 2


def test_the_templates_for_ci_call_what_is_there(root: Root, mobstd: Run) -> None:
    lines = [line.strip() for script in scripts(root) for line in script.splitlines()]
    called = [shlex.split(line) for line in lines if line.startswith("mobstd ")]
    assert {"lint", "verify", "comment"} == {words[2] for words in called}
    for words in called:
        shown = mobstd(*words[1:3], "--help").out
        options = [
            word for word in words if word.startswith("--") and word not in ("--lang", "--root")
        ]
        assert [option for option in options if option not in shown] == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"name": "Shared"}, "start.bad-name"),
        ({"name": "shared@1.0"}, "start.bad-name"),
        ({"name": "../up"}, "start.bad-name"),
        ({"base": "example.org"}, "start.bad-base"),
        ({"licence": "my own"}, "start.bad-licence"),
        ({"title": 'a "b"'}, "start.bad-title"),
    ],
)
def test_what_can_not_be(words: dict[str, str], code: str) -> None:
    with pytest.raises(ConfigError) as caught:
        starter(**{"name": "shared", "today": TODAY, **words})  # type: ignore[arg-type]
    assert caught.value.code == code
    assert caught.value.diagnostics("fr")


def test_from_the_command_line(mobstd: Run, tmp_path: Path) -> None:
    folder = tmp_path / "lifts"
    argv = ("schemas", "init", "lifts", "--to", str(folder), "--base", "https://example.org/s/")
    assert mobstd(*argv).code == 0
    schema = json.loads((folder / "schemas/lifts/1.0-draft/place.schema.json").read_text())
    assert schema["$id"] == "https://example.org/s/lifts/1.0-draft/place.schema.json"
    assert mobstd("schemas", "lint", str(folder), "--fail-on", "note").code == 0
    ran = mobstd(*argv)
    assert ran.code == 2
    assert str(folder) in ran.err
