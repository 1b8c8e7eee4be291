"""From a new standard to two released versions: what is made, what is refused, what is verified."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from mobstd.canon.contracts import contract
from mobstd.canon.root import at
from mobstd.canon.standard import find
from mobstd.errors import ConfigError, UnknownName
from mobstd.release.edition import plan as plans
from mobstd.release.edition.decision import decide
from mobstd.release.edition.draft import staged
from mobstd.release.edition.lock import hashed
from mobstd.release.edition.plan import Options, Plan, carry_out, planned
from mobstd.release.edition.sequel import sequel, write_sequel
from mobstd.release.edition.stage import Decision
from mobstd.release.edition.table import table
from mobstd.release.edition.verification import verified
from mobstd.release.parcel import parcel
from mobstd.release.starter import starter, write_starter

Run = Callable[..., Any]
DAY = date(2026, 11, 28)
RELEASE = "releases/our-own/1.0"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "our-own"
    write_starter(starter("our-own", today=DAY), folder)
    approve(folder, "our-own@1.0-draft")
    return folder


@pytest.fixture
def draft(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "draft")


@pytest.fixture(scope="module")
def published(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(made, tmp_path_factory.mktemp("published") / "our-own")
    carry_out(planned(find("our-own@1.0-draft", (at(folder),)), Options(DAY)))
    return folder


@pytest.fixture
def released(published: Path, tmp_path: Path) -> Path:
    return shutil.copytree(published, tmp_path / "released")


def plan(root: Path, wanted: str = "our-own@1.0-draft", **options: Any) -> Plan:
    return planned(find(wanted, (at(root),)), Options(DAY, **options))


def next_draft(root: Path) -> None:
    version = find("our-own@1.0", (at(root),))
    write_sequel(sequel(version, "our-own@1.1-draft", DAY).files, root)
    approve(root, "our-own@1.1-draft")


def approve(root: Path, wanted: str) -> None:
    here = at(root)
    decide(find(wanted, (here,)), Decision("approved", DAY, ("Our group",)), (here,))


def files(root: Path) -> dict[str, bytes]:
    found = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def broken(root: Path, **options: Any) -> list[tuple[str, str]]:
    return [
        (breach.kind, breach.file) for one in verified(root, **options) for breach in one.breaches
    ]


# What is made


def test_the_draft_becomes_the_version(published: Path, made: Path) -> None:
    version = find("our-own@1.0", (at(published),))
    assert version.status == "adopted"
    assert version.source["meaning"]["fr"] == "la version 1.0"
    assert not (published / "schemas/our-own/1.0-draft").exists()
    after = files(published)
    assert not [name for name, raw in after.items() if b"1.0-draft" in raw and "README" not in name]
    schema = json.loads((published / RELEASE / "place.schema.json").read_text())
    assert schema["$id"] == "https://example.org/schemas/our-own/1.0/place.schema.json"


def test_everything_is_there_for_readers_without_python(published: Path) -> None:
    folder = published / RELEASE
    names = set(files(folder))
    assert {
        "place.schema.json", "schemas/place.json", "openapi/operator.json",
        "openapi/operator-3.0.json", "formats.json", "vectors.json", "requirements.json",
        "requirements.csv", "tables/place.json", "CHANGES.md", "CHANGES.fr.md", "release.json",
        "canon/schemas/our-own/1.0/place.schema.json", "canon/conformance/our-own/suite.yaml",
    } <= names  # fmt: skip
    assert "MIGRATION.md" not in names
    single = json.loads((folder / "schemas/place.json").read_text())
    judge = jsonschema_rs.validator_for(single)
    for vector in json.loads((folder / "vectors.json").read_text()):
        assert judge.is_valid(vector["document"]) is vector["valid"]
    rows = json.loads((folder / "requirements.json").read_text())["requirements"]
    with (folder / "requirements.csv").open(newline="", encoding="utf-8") as file:
        listed = list(csv.DictReader(file))
    assert [row["id"] for row in listed] == [row["id"] for row in rows]
    assert listed[0]["title_fr"] == rows[0]["title"]["fr"]
    manifest = json.loads((folder / "release.json").read_text())
    assert set(manifest["files"]) == names - {"release.json"}
    assert manifest["url"] == "https://example.org/schemas/our-own/1.0/"
    for name, wanted in manifest["files"].items():
        assert hashed((folder / name).read_bytes()) == wanted


def test_the_same_draft_gives_the_same_bytes(published: Path, draft: Path) -> None:
    carry_out(plan(draft))
    assert files(draft) == files(published)


def test_a_flat_schema_is_a_table() -> None:
    made = table(
        {
            "type": "object",
            "title": "Place",
            "required": ["id"],
            "properties": {
                "id": {"type": "string", "pattern": "^a$"},
                "at": {"type": "string", "format": "date-time"},
                "count": {"type": "integer", "minimum": 0},
            },
        }
    )
    assert made is not None
    assert [(one["name"], one["type"]) for one in made["fields"]] == [
        ("id", "string"), ("at", "datetime"), ("count", "integer"),
    ]  # fmt: skip
    assert made["fields"][0]["constraints"] == {"required": True, "pattern": "^a$"}
    assert table({"type": "object", "properties": {"a": {"type": "array"}}}) is None
    assert table({"type": "object", "properties": {"a": {"$ref": "b"}}}) is None
    assert table({"type": "string"}) is None
    assert table({"type": "object", "properties": {"a": {"type": ["string", "null"]}}}) is None


# The next draft


def test_the_next_draft_is_the_version_with_another_number(released: Path, mobstd: Run) -> None:
    before = files(released)
    argv = ("schemas", "init", "our-own@1.1-draft", "--root", str(released))
    assert mobstd(*argv, "--from", "1.0").code == 0
    assert mobstd("schemas", "lint", str(released), "--fail-on", "note").code == 0
    version = find("our-own@1.1-draft", (at(released),))
    assert version.status == "draft"
    schema = json.loads((version.folder / "place.schema.json").read_text())
    assert schema["$id"] == "https://example.org/schemas/our-own/1.1-draft/place.schema.json"
    assert 'version: "1.1-draft"' in (version.folder / "openapi/operator.yaml").read_text()
    assert broken(released) == []
    assert all(files(released)[name] == raw for name, raw in before.items())
    assert mobstd(*argv, "--from", "1.0").code == 2
    assert mobstd(*argv, "--from", "0.9").code == 2
    assert (
        mobstd("schemas", "init", "our-own@1.2", "--root", str(released), "--from", "1.0").code == 2
    )


def test_rows_that_list_their_versions_get_one_more(released: Path) -> None:
    rows = released / "conformance/our-own/requirements.yaml"
    text = rows.read_text("utf-8")
    text = text.replace("  level: MUST", '  versions: ["0.9", "1.0"]\n  level: MUST', 1)
    text = text.replace("- id: OUROWN-GEN-02\n", "- id: OUROWN-GEN-02\n  versions:\n  - '1.0'\n")
    text += '  params: {"1.0": {most: 3}}\n'
    rows.write_text(text, "utf-8")
    made = sequel(find("our-own@1.0", (at(released),)), "our-own@1.1-draft", DAY)
    assert made.by_hand == ("OUROWN-STATUS-01",)
    written = made.files["conformance/our-own/requirements.yaml"].decode()
    assert written.count("1.1-draft") == 2
    assert 'versions: ["0.9", "1.0", "1.1-draft"]' in written
    assert "  versions:\n  - '1.0'\n  - '1.1-draft'\n" in written


# What is refused


def test_what_lint_refuses_is_not_released(draft: Path) -> None:
    file = draft / "schemas/our-own/1.0-draft/place.schema.json"
    file.write_text(file.read_text().replace('"maxLength": 64', '"pattern": "^\\\\d$"'))
    before = files(draft)
    made = plan(draft)
    assert [one.code for one in made.refusals] == ["edition.refused-lint"]
    with pytest.raises(ConfigError):
        carry_out(made)
    assert files(draft) == before


@pytest.mark.parametrize(
    ("wanted", "options", "code"),
    [
        ("our-own@1.0", {}, "edition.no-draft"),
        ("our-own@1.1-draft", {"number": "1.0"}, "edition.taken"),
        ("our-own@1.1-draft", {"number": "1.0-rc"}, "edition.bad-number"),
    ],
)
def test_what_is_no_release(released: Path, wanted: str, options: Any, code: str) -> None:
    next_draft(released)
    with pytest.raises(ConfigError) as caught:
        plan(released, wanted, **options)
    assert caught.value.code == code
    assert caught.value.diagnostics("fr")


def compared(calls_for: str, declared: str, enough: bool, **change: Any) -> Any:
    usual = {
        "rule": "DIFF-REQUIRED-01", "verdict": "breaking", "hurt": "sender", "roles": [],
        "message": {"en": "It has to be there.", "fr": "Il doit être là."}, "name": "roof",
        "old": "", "new": "place.schema.json#/required", "before": None, "after": ["roof"],
        "examples": [{"kind": "document", "value": {"id": "p-1"}, "accepted_by": "old"}],
    }  # fmt: skip
    report = {"calls_for": calls_for, "declared": declared, "enough": enough}
    return lambda before, after: {**report, "changes": [{**usual, **change}]}


def test_a_number_that_is_too_small_is_refused(
    released: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    next_draft(released)
    monkeypatch.setattr(plans, "compared", compared("major", "minor", False))
    made = plan(released, "our-own@1.1-draft")
    assert str(made.before) == "our-own@1.0"
    assert [one.code for one in made.refusals] == ["edition.refused-number"]
    assert "major" in made.refusals[0].text("fr")


def test_the_next_version_says_what_changed_and_what_to_do(
    released: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    next_draft(released)
    monkeypatch.setattr(plans, "compared", compared("major", "major", True))
    end = date(2027, 12, 31)
    carry_out(plan(released, "our-own@1.1-draft", number="2.0", end_of_life=end))
    folder = released / "releases/our-own"
    changes = (folder / "2.0/CHANGES.fr.md").read_text("utf-8")
    assert "## Ce qui casse\n\n- Il doit être là. `roof`" in changes
    steps = (folder / "2.0/MIGRATION.md").read_text("utf-8")
    assert steps.startswith("# From our-own@1.0 to our-own@2.0")
    assert '`{"id": "p-1"}`' in steps
    index = json.loads((folder / "index.json").read_text())
    assert index["latest"] == "2.0"
    (old,) = [one for one in index["versions"] if one["version"] == "1.0"]
    assert (old["deprecated"], old["end_of_life"]) == ("2026-11-28", "2027-12-31")
    assert old["replaced_by"] == "2.0"
    assert broken(released) == []
    assert [one.version for one in verified(released)] == ["our-own@1.0", "our-own@2.0"]


def test_a_version_to_compare_with_is_there(released: Path) -> None:
    next_draft(released)
    with pytest.raises(UnknownName):
        plan(released, "our-own@1.1-draft", after="0.9")


def test_nothing_is_released_on_a_lock_that_is_broken(released: Path) -> None:
    next_draft(released)
    (released / RELEASE / "formats.json").write_text("[]")
    made = plan(released, "our-own@1.1-draft")
    assert "edition.refused-lock" in [one.code for one in made.refusals]


# What is verified


def test_a_released_file_that_changes_is_found(released: Path) -> None:
    assert broken(released) == []
    place = "schemas/our-own/1.0/place.schema.json"
    (released / place).write_text("{}")
    (released / RELEASE / "vectors.json").unlink()
    (released / RELEASE / "more.json").write_text("{}")
    assert sorted(broken(released)) == [
        ("added", f"{RELEASE}/more.json"),
        ("changed", place),
        ("missing", f"{RELEASE}/vectors.json"),
    ]


def test_a_catalogue_may_go_on(released: Path) -> None:
    """Faults and vectors are added between versions; the frozen copy has those of the release."""
    (released / "conformance/our-own/ambiguities.yaml").write_text("[]")
    assert broken(released) == []


@pytest.mark.parametrize("name", ["lock", "manifest", "index"])
def test_what_is_written_keeps_its_contract(published: Path, name: str) -> None:
    files = {"lock": "our-own.lock.json", "manifest": "our-own/1.0/release.json"}
    file = published / "releases" / files.get(name, "our-own/index.json")
    assert [one.message for one in contract(name).problems(json.loads(file.read_text()))] == []


@pytest.mark.parametrize("text", ["", "[]", '{"versions": {"1.0": {}}}', '{"versions": 1}'])
@pytest.mark.parametrize("file", ["our-own/index.json", "our-own/1.0/release.json"])
def test_a_table_that_is_none(released: Path, file: str, text: str, mobstd: Run) -> None:
    (released / "releases" / file).write_text(text)
    folder = released / "releases/our-own/1.0" if "release.json" in file else released
    ran = mobstd("schemas", "verify", str(folder))
    assert ran.code == 2
    assert file.rpartition("/")[2] in ran.err


@pytest.mark.parametrize("text", ["", "[]", '{"versions": {"1.0": {}}}', '{"versions": 1}'])
def test_a_lock_that_is_none(released: Path, text: str) -> None:
    (released / "releases/our-own.lock.json").write_text(text)
    with pytest.raises(ConfigError) as caught:
        verified(released)
    assert caught.value.code == "edition.bad-lock"


def test_a_lock_leads_nowhere_outside(released: Path) -> None:
    lock = released / "releases/our-own.lock.json"
    content = json.loads(lock.read_text())
    content["versions"]["1.0"]["files"]["../../../etc/passwd"] = f"sha256:{64 * '0'}"
    lock.write_text(json.dumps(content))
    assert ("missing", "../../../etc/passwd") in broken(released)


# A release that was stopped


def test_a_release_that_was_stopped_is_taken_up_again(
    draft: Path, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, real, left = plan(draft), Path.write_bytes, [20]

    def failing(path: Path, raw: bytes) -> int:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        return real(path, raw)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", failing)
        with pytest.raises(ConfigError) as caught:
            carry_out(made)
    assert "No space left" in caught.value.text("en")
    assert not (draft / "releases/our-own.lock.json").exists()
    assert find("our-own@1.0-draft", (at(draft),)).status == "draft"
    carry_out(plan(draft))
    assert files(draft) == files(published)


def test_what_stands_in_the_place_of_a_version_is_not_written_over(draft: Path) -> None:
    other = draft / "schemas/our-own/1.0/place.schema.json"
    other.parent.mkdir()
    other.write_text("{}")
    with pytest.raises(ConfigError) as caught:
        plan(draft)
    assert caught.value.code == "edition.taken"
    assert other.read_text() == "{}"


def test_waivers_go_along_with_the_number(draft: Path, tmp_path: Path) -> None:
    file = draft / "schemas/our-own.lint.yaml"
    waiver = (
        "waivers:\n  - {rule: LINT-NAME-03, where: '*#**', versions: [1.0-draft], reason: So.,"
        " date: '2026-11-28'}\n"
    )
    file.write_text(file.read_text() + waiver)
    staged(find("our-own@1.0-draft", (at(draft),)), "1.0", tmp_path / "staged")
    assert 'versions: ["1.0"]' in (tmp_path / "staged/schemas" / file.name).read_text()


def test_a_number_without_quotation_marks_stays_a_text(draft: Path) -> None:
    rows = draft / "conformance/our-own/requirements.yaml"
    text = rows.read_text().replace(
        "  level: MUST\n", "  level: MUST\n  versions: [1.0-draft]\n", 1
    )
    rows.write_text(
        text
        + "  params: {1.0-draft: {most: 3}}\n  text: {en: 'In 1.0-draft.', fr: 'En 1.0-draft.'}\n"
    )
    carry_out(plan(draft))
    first, *_, last = yaml.safe_load(rows.read_text())
    assert first["versions"] == ["1.0"]
    assert last["params"] == {"1.0": {"most": 3}}
    assert last["text"]["en"] == "In 1.0."


# Vectors that can't be made


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"twin_of": "OUROWN-GEN-02/gone"}, "bundle.no-twin"),
        ({"edit": [{"op": "remove", "path": "/nowhere"}]}, "bundle.no-edit"),
    ],
)
def test_a_vector_that_can_not_be_made(draft: Path, change: Any, code: str) -> None:
    file = draft / "conformance/our-own/vectors/places.json"
    first, second = json.loads(file.read_text())
    file.write_text(json.dumps([first, {**second, **change}]))
    with pytest.raises(ConfigError) as caught:
        parcel(find("our-own@1.0-draft", (at(draft),)))
    assert caught.value.code == code
    assert second["id"] in caught.value.text("fr")


# Signed


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    folder = tmp_path_factory.mktemp("keys")
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    other = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
    plain = form.NoEncryption()
    pem = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, plain)
    (folder / "key.pem").write_bytes(pem)
    for name, one in (("public.pem", key), ("other.pem", other)):
        shown = one.public_key().public_bytes(
            form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo
        )
        (folder / name).write_bytes(shown)
    return folder / "key.pem", folder / "public.pem"


def test_a_signed_release(draft: Path, keys: tuple[Path, Path], mobstd: Run) -> None:
    key, public = keys
    argv = ("our-own@1.0-draft", "--root", str(draft), "--sign", str(key), "--date", "2026-11-28")
    assert mobstd("schemas", "release", *argv).code == 0
    folder = str(draft / RELEASE)
    assert mobstd("schemas", "verify", folder).code == 0
    assert mobstd("schemas", "verify", folder, "--key", str(public)).code == 0
    assert mobstd("schemas", "verify", str(draft), "--key", str(public)).code == 0
    ran = mobstd("schemas", "verify", folder, "--key", str(public.with_name("other.pem")))
    assert ran.code == 1
    assert "another key" in ran.out
    manifest = draft / RELEASE / "release.json"
    manifest.write_text(manifest.read_text().replace("Apache-2.0", "MIT"))
    ran = mobstd("schemas", "verify", folder, "--lang", "fr")
    assert ran.code == 1
    assert "signature" in ran.out


def test_a_key_that_is_none(draft: Path, keys: tuple[Path, Path]) -> None:
    key, public = keys
    for wrong, code in ((public, "edition.bad-key"), (key.with_name("no.pem"), "edition.no-key")):
        with pytest.raises(ConfigError) as caught:
            plan(draft, key=wrong)
        assert caught.value.code == code


def test_one_without_a_signature_is_not_that_of_a_key(
    released: Path, keys: tuple[Path, Path], mobstd: Run
) -> None:
    ran = mobstd("schemas", "verify", str(released / RELEASE), "--key", str(keys[1]))
    assert ran.code == 1
    assert "not signed" in ran.out


# From the command line


def test_a_try_writes_nothing(draft: Path, mobstd: Run) -> None:
    before = files(draft)
    argv = ("schemas", "release", "our-own@1.0-draft", "--root", str(draft), "--dry-run")
    ran = mobstd(*argv, "--lang", "fr")
    assert ran.code == 0
    assert f"{RELEASE}/CHANGES.fr.md" in ran.out.splitlines()
    assert files(draft) == before
    assert mobstd("schemas", "release", "our-own@1.0-draft").code == 2
    assert mobstd(*argv, "--date", "28/11/2026").code == 2


def test_verify_from_the_command_line(released: Path, mobstd: Run, draft: Path) -> None:
    ran = mobstd("schemas", "verify", "our-own@1.0", "--root", str(released))
    assert (ran.code, ran.out.split(":")[0]) == (0, "our-own@1.0")
    assert mobstd("schemas", "verify", "our-own@9.0", "--root", str(released)).code == 2
    ran = mobstd("schemas", "verify", str(draft))
    assert ran.code == 0
    assert "Nothing was released" in ran.out
