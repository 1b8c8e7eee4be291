"""Bodies that are forms, and numbers that may be text."""

from __future__ import annotations

from pathlib import Path

from codegen.toy import canon, operation, ref
from mobstd.codegen.generate import generate

FORM = "application/x-www-form-urlencoded"
NOTE = {
    "type": "object",
    "required": ["text"],
    "properties": {
        "text": {"type": "string"},
        "length": {"type": ["integer", "string"], "pattern": "^[0-9]+$"},
        "width": {"type": ["number", "string"], "pattern": "^[0-9.]+$"},
        "name": {"type": ["integer", "string"]},
    },
}


def test_a_form_is_typed_and_numbers_are_numbers(tmp_path: Path) -> None:
    posted = operation("postNote", body=ref("note"), status="201")
    posted["requestBody"]["content"] = {FORM: {"schema": ref("note")}}
    files = generate(canon(tmp_path, {"note": NOTE}, {"/notes": {"post": posted}}))
    texts = {path.name: text for path, text in files.items()}
    assert "body=Note,\n        form=True," in texts["service.py"]
    assert "def post_note(self, body: Note, options" in texts["client.py"]
    assert "length: int | None" in texts["models.py"]
    assert "width: float | None" in texts["models.py"]
    assert "name: int | str | None" in texts["models.py"]


def test_json_goes_before_a_form(tmp_path: Path) -> None:
    posted = operation("postNote", body=ref("note"), status="201")
    posted["requestBody"]["content"][FORM] = {"schema": ref("note")}
    files = generate(canon(tmp_path, {"note": NOTE}, {"/notes": {"post": posted}}))
    assert not any("form=True" in text for text in files.values())
