"""A first profile, with a comment on every key: for ``mobstd init``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from mobstd.canon.openapi import operations
from mobstd.canon.root import Root
from mobstd.canon.standard import Version, find, versions
from mobstd.errors import UnknownName
from mobstd.messages import render

__all__ = ["starter"]

_KEYS = (
    ("role", '"{role}"'),
    ("blocks", "{blocks}"),
    ("timezone", '"Europe/Paris"'),
    ("operator_domains", '["example.org"]'),
    ("caller", '"maas.example.org"'),
    ("areas", '["Rennes", "48.1113,-1.6800,20"]'),
)

_TABLES = """
# {auth}
# [auth]
# kind = "header"
# header = "X-API-Key"
# secret = "${{MOBSTD_KEY}}"

# {second_auth}
# [second_auth]
# kind = "header"
# header = "X-API-Key"
# secret = "${{MOBSTD_SECOND_KEY}}"

# {budget}
# [budget]
# max_requests = 400
# time_budget = 300
# rate = 5

# {callbacks}
# [callbacks]
# bind = "127.0.0.1:8765"
# public_url = "https://callbacks.example.org"
# wait = 10
# key = "${{MOBSTD_CALLBACKS_KEY}}"
# trigger = "https://staging.example.org/for-mobstd"

# {issuer}
# [issuer]
# bind = "127.0.0.1:8766"
# public_url = "https://issuer.example.org"
# audience = "operator-1"

# {contract}
# [[contract.adds]]
# requirement = "{requirement}"
# because = "{because}"
"""


def starter(
    lang: str = "en",
    *,
    standard: str | None = None,
    url: str | None = None,
    roots: Iterable[Root] = (),
) -> str:
    """Return the text of a profile that loads as it stands.

    Args:
        lang: the language of the comments.
        standard: what to judge by; the first that is there when ``None``.
        url: where the target is; an example when ``None``.
        roots: where to look for standards, beside the packaged ones.

    Raises:
        UnknownName: for a standard that is not there.
    """
    version = find(standard, roots) if standard else _first(roots)

    def say(key: str, **params: Any) -> str:
        return render(f"profile.starter.{key}", params, lang)

    lines = [f"# {say('head')}", ""]
    for key, value in (("target", url or "https://api.example.org"), ("standard", str(version))):
        lines += [f"# {say(key)}", f"{key} = {json.dumps(value, ensure_ascii=False)}", ""]
    facts = {"role": "".join(version.roles[:1]), "blocks": json.dumps(_blocks(version))}
    for key, template in _KEYS:
        lines += [f"# {say(key)}", f"# {key} = {template.format(**facts)}", ""]
    lines += [f"# {say('hints')}", *_hint(version)]
    named = ("auth", "second_auth", "budget", "callbacks", "issuer", "contract", "because")
    tables = {name: say(name) for name in named}
    requirement = f"{version.name.replace('-', '').upper()}-TOPIC-01"
    return "\n".join(lines) + "\n" + _TABLES.format(**tables, requirement=requirement)


def _first(roots: Iterable[Root]) -> Version:
    serving = [version for version in versions(roots) if version.roles]
    if not serving:
        raise UnknownName("canon.unknown-standard", wanted="", known="")
    return serving[0]


def _blocks(version: Version) -> list[str]:
    return list(version.suite.get("blocks", {}))


def _hint(version: Version) -> list[str]:
    for role in version.roles:
        for operation in operations(version, role).values():
            wanted = [p for p in operation.parameters if p.required and p.where == "query"]
            if operation.method == "GET" and wanted:
                pairs = ((p.name, p.write(p.examples[0]) if p.examples else "...") for p in wanted)
                body = [f"# {name} = {json.dumps(value)}" for name, value in pairs]
                return [f"# [[hints.{operation.id}]]", *body]
    return ["# [[hints.operationId]]", '# parameter = "value"']
