"""``mobstd aids fetch``: the right archive or none, from wherever it comes."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mobstd.cli import main
from mobstd.errors import ConfigError, RefusedDocument, Unreachable
from mobstd.judging.exchange import Request
from mobstd.mobility_aid.importing import package
from mobstd.mobility_aid.reference import build, stock
from mobstd.serving.asgi import Response
from mobstd.serving.hosting import hosted
from mobstd.transport.asgi import AsgiSender

MODEL = "package/publicodes-build/aides-velo.model.json"
RULES = json.loads((Path(__file__).parent / "publicodes.json").read_text("utf-8"))


def packed(*members: tuple[str, bytes], kind: bytes = tarfile.REGTYPE) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size, info.type = len(content), kind
            info.linkname = "/etc/passwd" if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def model() -> bytes:
    rules = {name: rule for name, rule in RULES["rules"].items() if rule}
    return json.dumps({"aides": {}, **rules}).encode()


GOOD = packed(("package/LICENSE", b"x"), (MODEL, model()))


def sri(raw: bytes) -> str:
    return f"sha512-{base64.b64encode(hashlib.sha512(raw).digest()).decode()}"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr(stock, "checked", lambda raw: package.checked(raw, sri(GOOD)))
    return tmp_path


@pytest.fixture(scope="module")
def mirror() -> Iterator[str]:
    pages = {"/a.tgz": (200, GOOD), "/long.tgz": (200, b"x" * (package.LARGEST + 1))}

    async def served(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            status, body = pages.get(scope["path"], (404, b""))
            await Response(status, body, "application/octet-stream").send(send)

    with hosted(served, "127.0.0.1", 0) as url:
        yield url


def test_it_brings_aids_that_a_catalogue_begins_with(
    home: Path, mirror: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stock.at_hand()[0] is None
    assert "mobstd aids fetch" in stock.at_hand()[1]["fr"]
    assert main(["aids", "fetch", "--from", f"{mirror}/a.tgz"]) == 0
    told = capsys.readouterr()
    path = Path(told.out.strip())
    assert path.is_relative_to(home / "data")
    assert "@betagouv/aides-velo 3.6.1 (Apache-2.0), aids: " in told.err
    aids = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert len(aids) > 3
    data, said = stock.at_hand()
    assert data == str(path)
    assert said["en"].startswith("Its aids: the bike aids of @betagouv/aides-velo 3.6.1")
    with AsgiSender(build(data=data)) as sender:
        catalogue = sender.send(Request("GET", "/catalogue")).json
    assert catalogue["aids"] == len(aids)
    assert catalogue["attribution"].startswith("@betagouv/aides-velo (")
    assert catalogue["licence"] == "Apache-2.0"


def test_one_asks_of_what_was_brought(
    home: Path, mirror: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ask = ["aids", "ask", "--place", "33063", "--json"]
    assert main(ask) == 0
    before = capsys.readouterr()
    assert "ten invented aids" in before.err
    assert main(["aids", "fetch", "--from", f"{mirror}/a.tgz"]) == 0
    capsys.readouterr()
    assert main(ask) == 0
    after = capsys.readouterr()
    assert "@betagouv/aides-velo 3.6.1" in after.err
    assert '"exemple-' in before.out
    assert '"exemple-' not in after.out


def test_what_is_there_is_not_brought_twice(
    home: Path, mirror: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["aids", "fetch", "--from", f"{mirror}/a.tgz"]) == 0
    first = capsys.readouterr().out
    assert main(["aids", "fetch", "--from", f"{mirror}/gone.tgz"]) == 0
    assert capsys.readouterr().out == first
    assert main(["aids", "fetch", "--again", "--from", f"{mirror}/gone.tgz"]) == 3
    assert Path(first.strip()).is_file()


def test_a_file_of_npm_pack_will_do(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = home / "aides-velo.tgz"
    file.write_bytes(GOOD)
    assert main(["aids", "fetch", "--from", str(file), "--verbose"]) == 0
    assert capsys.readouterr().out.strip().endswith(".ndjson")


def test_without_a_network_it_says_so_and_what_next(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["aids", "fetch", "--from", "http://127.0.0.1:1/a.tgz"]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert "No archive comes from 127.0.0.1: " in told.err
    assert "--from" in told.err
    assert stock.brought() is None


def test_another_archive_is_refused_and_nothing_kept(
    home: Path, mirror: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = home / "aides-velo.tgz"
    file.write_bytes(GOOD + b"\0")
    assert main(["aids", "fetch", "--from", str(file)]) == 1
    assert "another hash" in capsys.readouterr().err
    assert main(["aids", "fetch", "--from", f"{mirror}/long.tgz"]) == 3
    file.write_bytes(b"x" * (package.LARGEST + 1))
    assert main(["aids", "fetch", "--from", str(file)]) == 2
    assert main(["aids", "fetch", "--from", str(home / "nothing")]) == 2
    assert main(["aids", "fetch", "--from", str(home)]) == 2
    assert stock.brought() is None


def test_the_hash_is_that_of_the_release() -> None:
    assert package.INTEGRITY.startswith("sha512-")
    assert len(base64.b64decode(package.INTEGRITY.removeprefix("sha512-"))) == 64
    with pytest.raises(RefusedDocument):
        package.checked(GOOD)
    assert package.checked(GOOD, sri(GOOD)) is GOOD


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not an archive",
        GOOD[: len(GOOD) // 2],
        gzip.compress(b"x" * 2000),
        packed(("package/LICENSE", b"x")),
        packed((MODEL, b"[]")),
        packed((MODEL, b"{")),
        packed((MODEL, b'{"aides": 3}')),
        packed((MODEL, b'{"aides": ' + b"[" * 100_000 + b"}")),
        packed((MODEL, model()), ("../../evil", b"x")),
        packed((MODEL, model()), ("package/../../evil", b"x")),
        packed((MODEL, model()), ("package/..\\evil", b"x")),
        packed((MODEL, model()), ("/etc/evil", b"x")),
        packed((MODEL, b""), kind=tarfile.SYMTYPE),
        packed((MODEL, b""), kind=tarfile.LNKTYPE),
        packed((MODEL, b""), kind=tarfile.FIFOTYPE),
        packed(*((f"package/{number}", b"") for number in range(package.MEMBERS + 1))),
        packed(("package/zeros", bytes(package.UNPACKED + 1)), (MODEL, model())),
    ],
    ids=range(18),
)
def test_an_archive_of_another_kind_is_refused(raw: bytes) -> None:
    with pytest.raises(RefusedDocument) as told:
        package.rules_of(raw)
    assert told.value.exit_code == 1
    assert told.value.text("fr")


def test_an_address_that_is_none_is_an_error_of_usage() -> None:
    with pytest.raises((ConfigError, Unreachable)):
        package.archive("https://")
    with pytest.raises(ConfigError):
        package.archive("ftp://example.org/a.tgz")


def test_serve_says_which_aids_it_has(home: Path, mirror: str) -> None:
    def said(*more: str) -> str:
        command = [sys.executable, "-m", "mobstd", "serve", "mobility-aid@0.1", "--port", "0"]
        process = subprocess.Popen([*command, *more], stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        try:
            ready, its = process.stderr.readline(), process.stderr.readline()
            url = next(word for word in ready.split() if word.startswith("http"))
            count = httpx.get(f"{url}/catalogue", timeout=60).json()["aids"]
            return f"{its.strip()} {count}"
        finally:
            process.kill()
            process.wait()
            process.stderr.close()

    assert said().startswith("Its aids: ten invented ones.")
    assert said().endswith(" 10")
    assert main(["aids", "fetch", "--from", f"{mirror}/a.tgz"]) == 0
    assert said().startswith("Its aids: the bike aids of @betagouv/aides-velo")
    assert not said().endswith(" 10")
