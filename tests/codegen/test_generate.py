"""A toy standard is generated, imported and executed; the folder is owned wholly."""

from __future__ import annotations

import asyncio
import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from codegen.toy import canon, operation, ref
from mobstd.canon.root import at
from mobstd.canon.standard import Version, find
from mobstd.cli import main
from mobstd.codegen import names, render
from mobstd.codegen.checking import compare, folder_of, write
from mobstd.codegen.generate import generate
from mobstd.errors import ConfigError, MissingExtra
from mobstd.judging.exchange import Request, Response
from mobstd.models import Model
from mobstd.query import Query

CACHE = Path(__file__).parents[2] / ".mypy_cache/generated"
QUERY = {"name": "from", "in": "query", "required": True, "schema": {"type": "integer"}}
LIMIT = {
    "name": "limit",
    "in": "query",
    "schema": {"type": "integer", "default": 10, "maximum": 50},
}
TAGS = {"name": "tag", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}}
DAYS = {
    "name": "days",
    "in": "query",
    "explode": False,
    "schema": {"type": "array", "items": {"enum": ["MON", "TUE"]}, "default": ["MON", "TUE"]},
}
ITEM = {"name": "itemId", "in": "path", "required": True, "schema": {"type": "string"}}
SCHEMAS = {
    "item": {
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "string"},
            "class": {"enum": ["A", "B"]},
            "soldAt": {"type": "integer", "format": "unix-time"},
        },
    },
    "order": {"type": "object", "properties": {"item": {"$ref": "item.schema.json"}}},
}
PATHS = {
    "/items": {
        "get": operation(
            "listItems", {"type": "array", "items": ref("item")}, [QUERY, LIMIT, TAGS, DAYS]
        )
    },
    "/items/{itemId}": {
        "get": operation("getItem", ref("item"), [ITEM]),
        "delete": operation("dropItem", None, [ITEM], status="204"),
    },
    "/orders": {"post": operation("postOrder", ref("order"), body=ref("order"), status="201")},
    "/numbers": {"get": operation("getNumbers", {"type": "array", "items": {"type": "integer"}})},
}


@pytest.fixture
def version(tmp_path: Path) -> Version:
    return canon(tmp_path / "root", SCHEMAS, PATHS)


@pytest.fixture
def toy(version: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The generated package, imported."""
    folder = tmp_path / "out" / "toygen"
    write(compare(folder, generate(version)))
    monkeypatch.syspath_prepend(str(folder.parent))
    package = importlib.import_module("toygen.v1_0")
    for name in ("models", "queries", "service", "client"):
        importlib.import_module(f"toygen.v1_0.{name}")
    yield package
    for name in [name for name in sys.modules if name.startswith("toygen")]:
        del sys.modules[name]


class Echo:
    """Answers each request with what stands under its path, and remembers it."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.requests: list[Request] = []

    def send(self, request: Request, *, timeout: float | None = None) -> Response:
        self.requests.append(request)
        value = self.answers[request.path.strip("/").partition("/")[0]]
        return Response(200, (), json.dumps(value).encode())

    def close(self) -> None:
        pass


def test_the_client_runs(toy: Any) -> None:
    item = {"id": "i/1", "class": "Z", "soldAt": 5, "more": 1}
    echo = Echo(items=[item], orders={"item": item}, numbers=[1, 2])
    client = toy.client.ShopClient(sender=echo, base_url="https://shop.example/")
    query = toy.queries.ItemsQuery(from_=3, tag=["a b", "c"], days=["MON"])
    (found,) = client.list_items(query)
    assert (found.class_, found.sold_at.timestamp(), found.dump()) == ("Z", 5, item)
    assert echo.requests[-1].query == (("from", "3"), ("tag", "a b"), ("tag", "c"), ("days", "MON"))
    assert (query.limit, toy.queries.ItemsQuery(from_=1).days) == (10, ["MON", "TUE"])
    again, problems = toy.queries.ItemsQuery.from_pairs(query.to_pairs())
    assert (again, problems) == (query, [])

    echo.answers["items"] = item
    assert client.get_item("i/1").id == "i/1"
    assert (echo.requests[-1].path, echo.requests[-1].query) == ("/items/i%2F1", ())
    assert client.drop_item("i") is None
    assert echo.requests[-1].method == "DELETE"

    order = toy.models.Order(item=found)
    assert client.post_order(order).item == found
    assert json.loads(echo.requests[-1].body or b"") == {"item": item}
    assert ("Content-Type", "application/json") in echo.requests[-1].headers
    assert client.get_numbers() == [1, 2]


def test_the_service_is_served(toy: Any) -> None:
    from mobstd.serving import app
    from mobstd.transport import AsyncAsgiSender

    class Shop(toy.service.ShopService):  # type: ignore[misc, name-defined]
        async def list_items(self, query: Any) -> list[Any]:
            return [toy.models.Item(id=f"{query.from_}-{query.limit}")]

    assert set(Shop.QUERIES) == {"listItems", "getItem", "dropItem", "postOrder"}

    async def call() -> Any:
        version = find("toy@1.0", [at(Path(toy.__file__).parents[3] / "root")])
        sender = AsyncAsgiSender(app(Shop(), version, "shop"))
        async with sender, toy.client.AsyncShopClient(sender=sender) as client:
            return await client.list_items(toy.queries.ItemsQuery(from_=3))

    (item,) = asyncio.run(call())
    assert item.id == "3-10"


def test_limits_of_parameters_hold_for_what_we_send(toy: Any) -> None:
    with pytest.raises(ValueError, match="limit"):
        toy.queries.ItemsQuery(from_=1, limit=51)
    with pytest.raises(ValueError, match="days"):
        toy.queries.ItemsQuery(from_=1, days=["SUN"])


def test_the_output_is_the_same_under_any_hash_seed(version: Version, tmp_path: Path) -> None:
    code = (
        "import sys, hashlib, pathlib\n"
        "from mobstd.canon.root import at\nfrom mobstd.canon.standard import find\n"
        "from mobstd.codegen.generate import generate\n"
        "roots = [at(sys.argv[1])]\n"
        "for name in ('toy@1.0', 'ocss@1.0-alpha'):\n"
        "    for path, text in generate(find(name, roots)).items():\n"
        "        print(path, hashlib.sha256(text.encode()).hexdigest())\n"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / "root")],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "4711")
    ]
    assert outputs[0] == outputs[1]
    assert outputs[0].count(b"\n") == 15


def test_nothing_of_the_machine_is_in_it(version: Version, tmp_path: Path) -> None:
    for text in generate(version).values():
        assert str(tmp_path) not in text
        dated = re.sub("[0-9a-f]{64}", "", text)  # a hash may hold anything
        assert "202" not in dated.replace("2026", "").replace("2020-12", "")


def test_check_writes_nothing(
    version: Version, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "generated"
    arguments = ["generate", "--root", str(tmp_path / "root"), "--standard", "toy@1.0"]
    arguments += ["--out", str(out)]
    assert main([*arguments, "--check"]) == 1
    assert not out.exists()
    assert "missing: " in capsys.readouterr().err
    assert main(arguments) == 0
    assert main([*arguments, "--check"]) == 0

    models, orphan = out / "v1_0/models.py", out / "v0_9/models.py"
    models.write_text(models.read_text("utf-8").replace("Item", "Thing"), "utf-8")
    orphan.parent.mkdir()
    orphan.write_text("# @generated by `mobstd generate` from toy@0.9. Do not edit.\n", "utf-8")
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    capsys.readouterr()
    assert main([*arguments, "--check"]) == 1
    told = capsys.readouterr()
    assert "--- a/v1_0/models.py\n+++ b/v1_0/models.py\n" in told.out
    assert "-    item: Thing | None = None\n+    item: Item | None = None\n" in told.out
    assert f"stale: {models}" in told.err
    assert f"orphan: {orphan}" in told.err
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before

    assert main(arguments) == 0
    assert not orphan.exists()
    assert main([*arguments, "--check"]) == 0


@pytest.mark.parametrize(
    "mine",
    ["v1_0/models.py", "v1_0/__init__.py", "__init__.py", "v1_0/MANIFEST.json", "notes.md"],
)
def test_what_was_not_generated_is_left_alone(mine: str, version: Version, tmp_path: Path) -> None:
    folder = tmp_path / "generated"
    file = folder / mine
    file.parent.mkdir(parents=True)
    file.write_text("precious = 1\n", "utf-8")
    with pytest.raises(ConfigError) as caught:
        write(compare(folder, generate(version)))
    assert caught.value.code == "codegen.not-ours"
    assert [path for path in folder.rglob("*") if path.is_file()] == [file]
    assert file.read_text("utf-8") == "precious = 1\n"


def test_a_version_that_is_gone_leaves_no_folder(version: Version, tmp_path: Path) -> None:
    folder = tmp_path / "generated"
    files = generate(version)
    write(compare(folder, files))
    old = folder / "v0_9/inner"
    (old / "__pycache__").mkdir(parents=True)
    (old / "__pycache__/models.pyc").write_bytes(b"")
    (old / "models.py").write_bytes((folder / "v1_0/models.py").read_bytes())
    write(compare(folder, files))
    assert sorted(path.name for path in folder.iterdir()) == ["__init__.py", "v1_0"]
    assert compare(folder, files).is_fresh


def test_a_diff_says_where_a_file_lost_its_end(version: Version, tmp_path: Path) -> None:
    folder, files = tmp_path / "generated", generate(version)
    write(compare(folder, files))
    package = folder / "v1_0/__init__.py"
    package.write_bytes(package.read_bytes().rstrip(b"\n"))
    line = 'STANDARD = "toy@1.0"\n'
    assert compare(folder, files).diff().endswith(f"-{line}\\ No newline at end of file\n+{line}")
    package.write_bytes(files[Path("v1_0/__init__.py")].replace("\n", "\r\n").encode())
    assert f"-{line[:-1]}\r\n" in compare(folder, files).diff()


def test_where_nothing_can_be_written(
    version: Version, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    argv = ["generate", "--root", str(tmp_path / "root"), "--standard", "toy@1.0"]
    assert main([*argv, "--out", str(tmp_path / "file/generated")]) == 2
    assert f"{tmp_path / 'file/generated'} cannot be written: " in capsys.readouterr().err


def test_usage(version: Version, tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        folder_of(version)
    root = ["--root", str(tmp_path / "root")]
    assert main(["generate", *root, "--standard", "toy@1.0"]) == 2
    assert main(["generate", *root, "--out", str(tmp_path)]) == 2
    assert main(["generate", "--standard", "nothing@1.0"]) == 2


@pytest.mark.parametrize("module", ["datamodel_code_generator", "jinja2", "ruff"])
def test_a_missing_extra_is_one_line(
    module: str, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    render._environment.cache_clear()
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra, match=r"pip install 'mobstd\[codegen\]'"):
        generate(version)


def test_the_committed_package_is_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "--check"]) == 0, capsys.readouterr().out[:2000]


def test_generated_code_passes_ruff_and_mypy(version: Version, tmp_path: Path) -> None:
    folder = tmp_path / "toygen"
    write(compare(folder, generate(version)))
    rules = "E,F,W,I,UP,B,C4,SIM,PTH,RET,D,DTZ,PT,T20,RUF"
    # RUF012 does not know that pydantic copies defaults; D105 and D107 are off in the project too.
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--line-length=100"]
    ruff += [f"--select={rules}", "--ignore=D105,D107,D203,D213,RUF012", "--target-version=py311"]
    ruff += ["--config=lint.isort.known-first-party=['mobstd']"]
    ruff += ["--config=lint.pydocstyle.convention='google'"]
    done = subprocess.run([*ruff, str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    mypy = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(CACHE)]
    done = subprocess.run(
        [*mypy, "--follow-imports=silent", "-p", "toygen"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=lambda c: c[0])
def test_committed_code_passes_the_ruff_of_the_project(command: list[str], checkout: Path) -> None:
    committed = folder_of(find("ocss@1.0-alpha"))
    ruff = [sys.executable, "-m", "ruff", *command, "--verbose", str(committed)]
    done = subprocess.run(ruff, cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "client.py" in done.stderr


def test_names_of_models_are_kept_clear() -> None:
    taken = {name for kind in (Model, Query) for name in dir(kind) if not name.startswith("_")}
    for name in taken:
        assert names.attributes([name])[name] not in taken, name


@pytest.mark.parametrize(
    ("version", "package"),
    [("1.0-alpha", "v1_0_alpha"), ("2.0", "v2_0"), ("3.4-rc-1", "v3_4_rc_1")],
)
def test_packages(version: str, package: str) -> None:
    assert names.package(version) == package
