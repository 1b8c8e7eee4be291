"""Text of generated modules: models by datamodel-code-generator, the rest by our templates."""

from __future__ import annotations

import json
import re
import subprocess
import warnings
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from mobstd.codegen.bundle import Bundle
from mobstd.codegen.names import attributes
from mobstd.errors import CanonError, MissingExtra

__all__ = [
    "PRESET",
    "formatted",
    "render_models",
    "render_template",
]

TEMPLATES = Path(__file__).parent / "templates"
PRESET = "standard-py311-20261027"
"""Options of the renderer, frozen by name: later versions of it do not change them."""

Constants = Mapping[str, list[tuple[str, str]]]
"""Class name to constants in its body, each a name with its type and a literal."""


def render_models(bundle: Bundle, base: str, header: str, constants: Constants) -> str:
    """Return a module with one class per component of the bundle.

    Args:
        bundle: component name to schema.
        base: dotted name of the base class.
        header: comment and docstring of the module.
        constants: what else stands in the classes.

    Raises:
        CanonError: where the renderer cannot read the bundle.
    """
    try:
        from datamodel_code_generator import Error, InputFileType, generate
    except ImportError:
        raise MissingExtra("codegen.extra") from None
    if not bundle:
        return formatted(f"{header}\n\n__all__: list[str] = []\n")
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": bundle}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text = generate(
                json.dumps(document),
                additional_imports=["typing.ClassVar"],
                aliases=_aliases(bundle),
                base_class=base,
                custom_file_header=header,
                custom_template_dir=TEMPLATES,
                enum_field_as_literal="all",  # type: ignore[arg-type]
                extra_template_data={k: {"constants": v} for k, v in constants.items()},  # type: ignore[arg-type]
                input_file_type=InputFileType.JsonSchema,
                preset=PRESET,  # type: ignore[arg-type]
                skip_root_model=True,
                use_double_quotes=True,
                use_field_description=True,
                use_schema_description=True,
            )
    except Error as error:
        raise CanonError("codegen.render", reason=str(error)) from None
    assert isinstance(text, str)
    names = [name for name in bundle if f"class {name}(" in text]
    exported = "__all__ = [" + ", ".join(f'"{name}"' for name in sorted(names)) + "]\n\n\n"
    first = re.search(r"^class ", text, re.MULTILINE)
    cut = first.start() if first else len(text)
    return formatted(text[:cut] + exported + text[cut:])


def _aliases(bundle: Bundle) -> dict[str, Any]:
    """Return the attribute of each member that is not called as it is on the wire."""
    found: dict[str, Any] = {}
    for name, schema in bundle.items():
        for wire, attribute in attributes(schema.get("properties", {})).items():
            if wire != attribute:
                found[f"{name}.{wire}"] = attribute
    return found


@cache
def _environment() -> Any:
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError:
        raise MissingExtra("codegen.extra") from None
    return Environment(
        autoescape=False,
        loader=FileSystemLoader(TEMPLATES),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )


def render_template(name: str, **values: Any) -> str:
    """Return a module made from one of our templates."""
    return formatted(str(_environment().get_template(name).render(**values)))


def formatted(text: str) -> str:
    """Return Python text without unused imports, its imports sorted, in the project's format."""
    options = ["--isolated", "--line-length=100", "--target-version=py311", "--stdin-filename=x.py"]
    first_party = "--config=lint.isort.known-first-party=['mobstd']"
    fixed = _ruff(["check", "--fix-only", "--select=F401,I,UP", first_party, *options], text)
    return _ruff(["format", *options], fixed)


def _ruff(arguments: list[str], text: str) -> str:
    try:
        from ruff import find_ruff_bin  # type: ignore[import-untyped]
    except ImportError:
        raise MissingExtra("codegen.extra") from None
    command = [find_ruff_bin(), arguments[0], *arguments[1:], "-"]
    done = subprocess.run(command, input=text, capture_output=True, check=False, encoding="utf-8")
    if done.returncode:
        raise CanonError("codegen.render", reason=done.stderr.strip())
    return done.stdout
