"""A working group's repository in a layout of its own: an OpenAPI document, prose, no canon."""

from __future__ import annotations

import subprocess
from pathlib import Path

API = """\
openapi: 3.0.3
info: {title: Garden sheds, version: 1.2.0-rc.1, license: {name: Apache-2.0}}
security: []
paths:
  /sheds:
    get:
      tags: [Find Sheds]
      operationId: list-sheds
      summary: Sheds around a place.
      parameters:
        - {$ref: "#/components/parameters/town"}
        - {name: most, in: query, description: At most., schema: {type: integer}, example: 2}
      responses:
        200:
          description: The sheds.
          content:
            application/json:
              schema: {type: array, items: {$ref: "#/components/schemas/Shed"}}
        400: {description: The request is wrong.}
  /status:
    get:
      summary: Whether it runs.
      responses:
        200: {description: It runs.}
components:
  parameters:
    town:
      name: town
      in: query
      required: true
      description: The town.
      schema: {type: string}
      example: Nulle-Part
  schemas:
    Shed:
      type: object
      description: A shed that is lent.
      required: [id, size]
      properties:
        id: {type: string, description: What names it.}
        size: {$ref: "parts/size.yaml#/Size"}
        owner: {type: string, nullable: true, enum: [TOWN, CLUB], description: Whose it is.}
        score:
          {type: number, minimum: 0, exclusiveMinimum: true, format: odd, description: Liked.}
        inside: {type: array, items: {$ref: "#/components/schemas/Shed"}, description: Sheds in it.}
"""

SIZE = """\
Size:
  type: string
  description: How large it is.
  enum: [SMALL, LARGE]
"""

PROSE = """\
# Garden sheds

## 1.1 Identity

Two sheds have two ids,
at least in one town.

### Why

So that nobody opens the wrong one.

## 1.2 Limits

At most as many sheds are answered as were asked for.
"""

ROWS = """\
- id: SHED-ID-01
  level: MUST
  origin: text
  roles: [operator]
  blocks: [find-sheds]
  operations: [listSheds]
  title: {en: Two sheds have two ids, fr: Deux abris ont deux identifiants}
  source: [{document: TEXT, where: "1.1"}, {document: API, where: "#/components/schemas/Shed"}]
  checks: [{kind: unique, at: "/*", key: [/id], scope: response}]
- id: SHED-LIMIT-01
  level: MUST
  origin: text
  roles: [operator]
  blocks: [find-sheds]
  operations: [listSheds]
  title: {en: At most as many as were asked for, fr: Au plus autant que demandé}
  source: [{document: TEXT, where: "#12-limits"}]
  checks: [{kind: at-most, parameter: most}]
- id: SHED-GEN-01
  level: MUST
  origin: schema
  roles: [operator]
  title: {en: Bodies are of their schema, fr: Les corps respectent leur schéma}
  source: [{document: API}]
  checks: [{kind: schema}]
"""

SUITE = """\
standard: sheds
role: operator
blocks:
  find-sheds: {role: operator, operations: [listSheds], core: [SHED-ID-01]}
collections:
  listSheds: {items: "/*", identity: [/id]}
"""

LAYOUT = """\
name: sheds
version: 1.2-rc
roles: {operator: spec/api/openapi.yaml}
catalogue: tests
documents: {TEXT: docs/sheds.md, API: spec/api/openapi.yaml}
"""


def repository(folder: Path, *, rows: bool = False) -> Path:
    """Write the repository; with its own rows, where it has any."""
    files = {"spec/api/openapi.yaml": API, "spec/api/parts/size.yaml": SIZE, "docs/sheds.md": PROSE}
    if rows:
        files |= {"mobstd.yaml": LAYOUT, "tests/requirements.yaml": ROWS, "tests/suite.yaml": SUITE}
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def committed(folder: Path, words: str) -> None:
    """Keep what a folder holds as a revision of a Git repository in it."""
    said = ("-c", "user.name=Camille Exemple", "-c", "user.email=camille@example.org")
    if not (folder / ".git").is_dir():
        subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    subprocess.run(["git", "-C", str(folder), "add", "-A"], check=True)
    subprocess.run(["git", "-C", str(folder), *said, "commit", "-q", "-m", words], check=True)


def changed(folder: Path, name: str, old: str, new: str) -> None:
    """Put one text in the place of another in a file."""
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), "utf-8")
