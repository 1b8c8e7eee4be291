"""Keeps persons and secrets out of reports.

Which members are personal is data: ``x-personal: true`` at a property in a schema, or patterns
under ``personal`` in ``suite.yaml``, of all bodies or of those of some operations. A person's value
becomes a pseudonym of the same shape (letters stay letters, digits digits, a date a date, length
and punctuation stay), the same value always the same pseudonym, so that what a finding says of
lengths, formats and equalities stays true. Pseudonyms depend on the order of appearance and on the
seed, never on the value.
"""

from __future__ import annotations

import base64
import json
import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote, quote_plus

from mobstd.judging.pointer import join, matches, steps

__all__ = ["MASK", "Redactor", "personal_members"]

MASK = "***"

SECRET_HEADERS = frozenset(
    {"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key"}
)
SECRET_PARAMETERS = frozenset(
    {"access_token", "api_key", "apikey", "client_secret", "password", "signature", "token"}
)
SHORTEST = 4
"""A secret or a name shorter than this is replaced only where it stands alone."""

_DATE = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PHONE = re.compile(r"^\+?[0-9][0-9 .()/-]{6,}$")
_HEX = re.compile(r"^[0-9a-fA-F-]{8,}$")
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:(//)?")


def personal_members(schemas: Iterable[Any]) -> tuple[str, ...]:
    """Return the pattern of every member that a schema marks with ``x-personal``."""
    names: dict[str, None] = {}
    for node in _objects(schemas):
        properties = node.get("properties")
        if isinstance(properties, Mapping):
            for name, member in properties.items():
                if isinstance(member, Mapping) and member.get("x-personal") is True:
                    names[str(name)] = None
    return tuple("/**" + join([name]) for name in names)


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        for member in value.values():
            yield from _objects(member)
    elif isinstance(value, Iterable) and not isinstance(value, str | bytes):
        for item in value:
            yield from _objects(item)


def _spelled(secrets: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds secrets in any spelling, the longest first."""
    spellings = {
        spelled
        for value in secrets
        if len(value) >= SHORTEST
        for spelled in (value, quote(value, safe=""), quote_plus(value))
    }
    longest = sorted(spellings, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest))) if longest else None


class Redactor:
    """Replaces persons and secrets, alike in everything that passes through one redactor."""

    def __init__(
        self,
        personal: Sequence[str] = (),
        *,
        said: Mapping[str, Sequence[str]] | None = None,
        parameters: Iterable[str] = (),
        secrets: Mapping[str, str] | None = None,
        headers: Iterable[str] = (),
        seed: int = 0,
    ) -> None:
        """Make a redactor.

        Args:
            personal: patterns over bodies, such as ``/*/driver/alias`` or ``/**/alias``.
            said: by operation, patterns that are personal there and not elsewhere.
            parameters: names of query parameters that are personal.
            secrets: secret value by name of its environment variable.
            headers: names of headers that carry secrets, beside the usual ones.
            seed: makes the same pseudonyms for the same run.
        """
        self.secrets = {value: name for name, value in (secrets or {}).items() if value}
        self._patterns: dict[str, list[str]] = {}
        for pattern in personal:
            self._patterns.setdefault((steps(pattern) or ("",))[-1], []).append(pattern)
        self._said = said or {}
        self._parameters = frozenset(parameters)
        self.secret_headers = SECRET_HEADERS | {name.lower() for name in headers}
        self._random = random.Random(seed)
        self._pseudonyms: dict[str, str] = {}
        self._taken: set[str] = set()
        self._secret = _spelled(self.secrets)
        self._known: re.Pattern[str] | None = None

    def conceal(self, name: str, value: str) -> None:
        """Mask one more secret from now on."""
        self.secrets[value] = name
        self._secret = _spelled(self.secrets)

    def exchange(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return an exchange (as JSON) without persons and secrets.

        Whole bodies go in; cut them afterwards.
        """
        return self.mask(self.persons(data))

    def persons(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return an exchange with its persons replaced; once only."""
        out = dict(data)
        for side in ("request", "response"):
            if side in out:
                message = dict(out[side])
                if "query" in message:
                    message["query"] = [
                        [n, str(self.pseudonym(v)) if n in self._parameters else v]
                        for n, v in message["query"]
                    ]
                out[side] = self._with_body(message, partial(self._body, out.get("operation")))
        return out

    def known(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return an exchange without the persons that are known by now, where words name them.

        Those are its path and the body of a refusal; elsewhere persons stand in members.
        """
        out = dict(data)
        if "path" in out.get("request", ()):
            out["request"] = {
                **out["request"],
                "path": self._persons_in(out["request"]["path"]),
            }
        if out.get("response", {}).get("status", 0) >= 400:
            out["response"] = self._with_body(dict(out["response"]), self._told)
        return out

    def _told(self, body: Any, form: str) -> Any:
        return body if form == "base64" else self.anywhere(body)

    def mask(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return an exchange with its secrets masked."""
        ours = data.get("authenticated", True) or data.get("purpose") in ("traffic", "callback")
        out = dict(data)
        for side in ("request", "response"):
            if side in out:
                message = dict(out[side])
                if "path" in message:
                    message["path"] = self._without_secrets(message["path"])
                message["query"] = [[n, self._parameter(n, v)] for n, v in message.get("query", ())]
                message["headers"] = [
                    [n, self._header(n, v, ours or side == "response")]
                    for n, v in message.get("headers", ())
                ]
                if side == "response":
                    del message["query"]
                out[side] = self._with_body(message, self._masked_body)
        if "failure" in out:
            out["failure"] = self.anywhere(out["failure"])
        return out

    def _with_body(
        self, message: dict[str, Any], change: Callable[[Any, str], Any]
    ) -> dict[str, Any]:
        if "body" in message:
            body = change(message["body"], message.get("body_as", "json"))
            if body != message["body"]:
                message.pop("sha256", None)
            message["body"] = body
        return message

    def _masked_body(self, body: Any, form: str) -> Any:
        if form != "base64" or self._secret is None:
            return self._mask(body)
        raw = base64.b64decode(body)
        for value in self.secrets:
            if len(value) >= SHORTEST:
                raw = raw.replace(value.encode("utf-8", "replace"), MASK.encode())
        return base64.b64encode(raw).decode("ascii")

    def _parameter(self, name: str, value: str) -> str:
        if name.lower() in SECRET_PARAMETERS:
            return MASK
        return self._without_secrets(value)

    def _header(self, name: str, value: str, ours: bool) -> str:
        if ours and name.lower() in self.secret_headers:
            scheme, space, rest = value.partition(" ")
            known = space and rest and scheme.lower() in ("bearer", "basic", "digest")
            return f"{scheme} {MASK}" if known else MASK
        return self._without_secrets(value)

    def _without_secrets(self, text: str) -> str:
        if text in self.secrets:
            return MASK
        return self._secret.sub(MASK, text) if self._secret else text

    def _mask(self, value: Any) -> Any:
        """Mask the secrets in every string of a JSON value, member names too."""
        if isinstance(value, str):
            return self._without_secrets(value)
        if isinstance(value, Mapping):
            return {self._without_secrets(str(k)): self._mask(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self._mask(item) for item in value]
        return value

    def _body(self, operation: str | None, body: Any, form: str) -> Any:
        if form in ("json", "form"):
            return self.value(body, "", operation)
        if form == "text" and self._patterns:
            return self._broken_json(str(body))
        return body

    def _broken_json(self, text: str) -> str:
        """Replace what looks like a personal member in a text that could not be parsed."""
        names = "|".join(re.escape(name) for name in self._patterns if name not in ("*", "**"))
        if not names:
            return text
        member = re.compile(rf'("(?:{names})"\s*:\s*")((?:[^"\\]|\\.)*)')
        return member.sub(lambda m: m[1] + self._escaped(m[2]), text)

    def _escaped(self, text: str) -> str:
        """Return the pseudonym of what stands between two quotes of a JSON string."""
        try:
            value = json.loads(f'"{text}"', strict=False)
        except ValueError:
            value = text
        return json.dumps(self.pseudonym(value), ensure_ascii=False)[1:-1]

    def value(self, document: Any, at: str = "", operation: str | None = None) -> Any:
        """Return a JSON value with the persons in it replaced.

        Args:
            document: the value.
            at: where it stands.
            operation: whose body it is of.
        """
        if self._personal(at, operation):
            return self.pseudonym(document)
        if isinstance(document, Mapping):
            return {k: self.value(v, at + join([k]), operation) for k, v in document.items()}
        if isinstance(document, list):
            return [self.value(v, f"{at}/{i}", operation) for i, v in enumerate(document)]
        if isinstance(document, str) and document.startswith(("{", "[")):
            return self._json_text(document, at, operation)
        return document

    def _json_text(self, text: str, at: str, operation: str | None) -> str:
        """Return a text with the persons replaced in what it holds as JSON, if it does."""
        try:
            held = json.loads(text)
        except (ValueError, RecursionError):
            return self._broken_json(text)
        shown = self.value(held, at, operation)
        if shown == held:
            return text
        return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))

    def _personal(self, at: str, operation: str | None) -> bool:
        if not at or not (self._patterns or self._said):
            return False
        last = steps(at)[-1]
        candidates = (*self._patterns.get(last, ()), *self._patterns.get("*", ()))
        said = self._said.get(operation or "", ())
        return any(matches(pattern, at) for pattern in (*candidates, *said))

    def finding(self, finding: Mapping[str, Any]) -> dict[str, Any]:
        """Return a finding (as JSON) without the persons and secrets that are known by now."""
        out = dict(finding)
        for side in ("/response/body", "/request/body"):
            if out.get("pointer", "").startswith(side):
                at = out["pointer"].removeprefix(side)
                out["received"] = self.value(out.get("received"), at, out.get("operation"))
        name = out.get("pointer", "").rpartition("/request/query/")[2]
        if name in self._parameters:
            out["received"] = self.pseudonym(out.get("received"))
        elif name.lower() in SECRET_PARAMETERS:
            out["received"] = MASK
        for name in ("message", "expected", "received", "hint"):
            if name in out:
                out[name] = self.anywhere(out[name])
        if "curl" in out:
            out["curl"] = self._persons_in(out["curl"])
        return out

    def anywhere(self, value: Any) -> Any:
        """Replace every known person and secret in the strings of a JSON value."""
        if isinstance(value, str):
            return self._without_secrets(self._persons_in(value))
        if isinstance(value, Mapping):
            return {k: self.anywhere(v) for k, v in value.items()}
        if isinstance(value, list | tuple):
            return [self.anywhere(item) for item in value]
        return value

    def _persons_in(self, text: str) -> str:
        if text in self._pseudonyms:
            return self._pseudonyms[text]
        if self._known is None:
            names = sorted((n for n in self._pseudonyms if len(n) >= SHORTEST), key=len)
            joined = "|".join(re.escape(name) for name in reversed(names))
            self._known = re.compile(rf"(?<!\w)(?:{joined})(?!\w)" if joined else r"(?!)")
        return self._known.sub(lambda m: self._pseudonyms[m[0]], text)

    def pseudonym(self, value: Any) -> Any:
        """Return what stands for a personal value: the same shape, always the same.

        A single character stays: it names nobody, and may be one of an enumeration.
        """
        if isinstance(value, Mapping):
            return {k: self.pseudonym(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.pseudonym(item) for item in value]
        if isinstance(value, bool) or value is None or len(str(value)) < 2:
            return value
        if isinstance(value, int | float):
            made = re.sub("[1-9]", lambda _: self._random.choice("123456789"), repr(value))
            return type(value)(self._pseudonyms.setdefault(f"number {value!r}", made))
        return self._pseudonym(value) if isinstance(value, str) else value

    def _pseudonym(self, text: str) -> str:
        if text not in self._pseudonyms:
            made = self._shape(text)
            for _ in range(50):
                if made not in self._taken and made != text:
                    break
                made = self._shape(text)
            self._pseudonyms[text] = made
            self._taken.add(made)
            self._known = None
        return self._pseudonyms[text]

    def _shape(self, text: str) -> str:
        if _DATE.match(text):
            day = f"{self._random.randint(1, 12):02}-{self._random.randint(1, 28):02}"
            return f"{self._random.randint(1950, 1999)}-{day}{text[10:]}"
        kept = 0
        if _PHONE.match(text):
            kept = 3 if text.startswith("+") else 2
        elif scheme := _SCHEME.match(text):
            kept = scheme.end()
        digits = "0123456789abcdef" if _HEX.match(text) and not _PHONE.match(text) else ""
        before = " " + text
        return text[:kept] + "".join(
            self._char(char, digits, first=not before[i].isdigit())
            for i, char in enumerate(text)
            if i >= kept
        )

    def _char(self, char: str, hexadecimal: str, *, first: bool) -> str:
        if char.isascii():
            if char.isdigit():
                if first:
                    return char if char == "0" else self._random.choice("123456789")
                return self._random.choice("0123456789")
            if not char.isalpha():
                return char
            letters = hexadecimal[10:] or "abcdefghijklmnopqrstuvwxyz"
            made = self._random.choice(letters)
            return made.upper() if char.isupper() else made
        return self._foreign(char)

    def _foreign(self, char: str) -> str:
        """Return a letter of the same kind and neighbourhood, in any script."""
        kind = unicodedata.category(char)
        if kind[0] not in "LN":
            return char
        start = ord(char) & ~0x7F
        block = [c for c in map(chr, range(start, start + 128)) if unicodedata.category(c) == kind]
        return self._random.choice(block)
