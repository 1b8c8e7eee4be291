"""Import of services of ``data-inclusion`` that give money for mobility.

A service names the structure that offers it: its name and SIRET come from the structures, where
they are at hand. The table says nothing of amounts: they stay in words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import IO, Any

from mobstd.mobility_aid.importing.admission import admitted, no_object, other_shape, parsed
from mobstd.mobility_aid.importing.diagnostics import Diagnostic, Imported

__all__ = ["FORMAT", "THEME", "TYPE", "VERSION", "claims", "imported", "records"]

FORMAT = "data-inclusion"
VERSION = "1.0"
TYPE = "aide-financiere"
THEME = "mobilite--financer-ma-mobilite"

_NEEDED = ("id", "source", "structure_id", "nom", "description", "date_maj")
_ID = re.compile(r"[^A-Za-z0-9._:~-]+")
_DAY = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
_LINK = re.compile(r"^https?://[^\s<>\"{}|\\^`]+$")
_MAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_PHONE = re.compile(r"^\+[1-9][0-9]{6,14}$")
_SIRET = re.compile(r"^[0-9]{14}$")
_AREAS = (
    ("epci", re.compile(r"^[0-9]{9}$")),
    ("commune", re.compile(r"^(?:0[1-9]|[1-9][0-9]|2[AB])[0-9]{3}$")),
    ("department", re.compile(r"^(?:0[1-9]|1[0-9]|2[1-9AB]|[3-8][0-9]|9[0-5]|97[1-8]|98[4-9])$")),
    ("country", re.compile(r"^[A-Z]{2}$")),
)


def claims(head: bytes, format: str) -> bool:
    """Say whether a file that begins like this holds services of data-inclusion."""
    return b'"structure_id"' in head and head.lstrip()[:1] in (b"[", b"{")


def records(stream: IO[bytes], format: str, at: str) -> Iterator[Imported]:
    """Yield what becomes of each service: of a list, or of ``services`` beside ``structures``.

    Raises:
        ConfigError: where the file is neither.
    """
    stated = parsed(stream, format)
    beside = stated if isinstance(stated, dict) else {"services": stated}
    services, near = beside.get("services"), beside.get("structures", [])
    if not isinstance(services, list) or not isinstance(near, list):
        raise other_shape(format, "services")
    structures = {str(one.get("id")): one for one in near if isinstance(one, dict)}
    for n, service in enumerate(services):
        if isinstance(service, dict):
            name = str(service.get("id") or n)[:100]
            yield admitted(name, partial(imported, service, at, structures))
        else:
            yield no_object(str(n), service)


def imported(
    service: Mapping[str, Any], at: str, structures: Mapping[str, Mapping[str, Any]] | None = None
) -> Imported:
    """Return the aid that a service is; a service that gives no money for mobility is refused.

    Args:
        service: a service, as the schema of data-inclusion has it.
        at: when it is read, as a date and time with its offset.
        structures: the structures by their id, where they are at hand.
    """
    return _Service(service, at, structures or {}).read()


class _Service:
    """A service while it is read."""

    def __init__(
        self, service: Mapping[str, Any], at: str, structures: Mapping[str, Mapping[str, Any]]
    ) -> None:
        self.service, self.at = service, at
        self.structure = structures.get(str(service.get("structure_id")), {})
        self.found: list[Diagnostic] = []

    def tell(self, part: str, code: str, detail: str = "", refused: bool = False) -> None:
        name = str(self.service.get("id") or "?")
        self.found.append(Diagnostic(name, part, code, detail, refused))

    def text(self, member: str) -> str:
        """Return a text without blanks around it; empty where there is none."""
        return str(self.service.get(member) or "").strip()

    def read(self) -> Imported:
        """Return what became of it."""
        for member in _NEEDED:
            if not self.text(member):
                self.tell(member, "absent", refused=True)
        themes = self.service.get("thematiques") or []
        if self.text("type") != TYPE or not any(str(one).startswith("mobilite") for one in themes):
            self.tell("type", "not-an-aid", self.text("type"), refused=True)
        if not str(self.structure.get("nom") or "").strip():
            self.tell("structure_id", "no-funder", self.text("structure_id"), refused=True)
        if any(one.refused for one in self.found):
            return Imported(None, tuple(self.found))
        return Imported(self._aid(), tuple(self.found))

    def _aid(self) -> dict[str, Any]:
        source, link = self._link("lien_source"), self._link("lien_mobilisation")
        day = self.text("date_maj")[:10]
        if not _DAY.match(day):
            self.tell("date_maj", "not-a-date", self.text("date_maj"))
        contact, extra = self._contact(), self._extra()
        include = self._areas()
        national = any(area["type"] == "country" for area in include)
        return {
            "schemaVersion": "0.1",
            "id": f"{FORMAT}.{_ID.sub('-', self.text('id'))}"[:128],
            "identifiers": [{"scheme": FORMAT, "value": self.text("id")}],
            "title": self.text("nom")[:250],
            "description": self.text("description"),
            "language": "fr",
            "level": "national" if national else "territory",
            "status": "active",
            "currency": "EUR",
            "funders": [self._funder()],
            "territory": {"include": include},
            "modes": [],
            "benefits": [
                {"kind": "other", "amount": {"type": "text", "text": self.text("description")}}
            ],
            "eligibility": {"text": self._conditions(), "coverage": "text-only"},
            **({"application": self._application(link)} if self._application(link) else {}),
            **({"contact": contact} if contact else {}),
            **({"additionalInfo": extra} if extra else {}),
            "provenance": {
                "updatedAt": f"{day}T00:00:00Z" if _DAY.match(day) else self.at,
                "source": {"label": FORMAT, **({"url": source} if source else {})},
                "original": {
                    "format": FORMAT,
                    "version": VERSION,
                    "record": {
                        "service": dict(self.service),
                        "structure": dict(self.structure),
                    },
                },
            },
        }

    def _link(self, member: str) -> str:
        link = self.text(member)
        if link and not _LINK.match(link):
            self.tell(member, "not-a-link", link)
            return ""
        return link

    def _funder(self) -> dict[str, Any]:
        self.tell("structure_id", "role", "who offers an aid in money is taken to fund it")
        siret = str(self.structure.get("siret") or "")
        return {
            "name": str(self.structure["nom"]).strip(),
            **({"siret": siret} if _SIRET.match(siret) else {}),
            "roles": ["funder"],
        }

    def _areas(self) -> list[dict[str, Any]]:
        stated = self.service.get("zone_eligibilite")
        codes = [stated] if isinstance(stated, str) else stated or []
        found = [self._area(str(code)) for code in dict.fromkeys(map(str, codes))]
        if found:
            return found
        self.tell("zone_eligibilite", "unresolved-place", "absent")
        return [{"type": "unresolved", "name": self.text("commune") or self.text("nom")}]

    def _area(self, code: str) -> dict[str, Any]:
        if code.lower() == "france":
            return {"type": "country", "code": "FR"}
        for level, pattern in _AREAS:
            if pattern.match(code):
                return {"type": level, "code": code}
        self.tell("zone_eligibilite", "unresolved-place", code)
        return {"type": "unresolved", "name": code}

    def _conditions(self) -> str:
        publics = self.service.get("publics") or []
        words = [self.text("conditions_acces"), self.text("publics_precisions")]
        words += ["Publics : " + ", ".join(map(str, publics))] if publics else []
        return "\n".join(word for word in words if word) or self.text("description")

    def _application(self, link: str) -> dict[str, Any]:
        channels = [{"type": "online", "url": link}] if link else []
        text = self.text("mobilisation_precisions")
        found: dict[str, Any] = {"channels": channels} if channels else {}
        return {**found, "text": text} if text else found

    def _contact(self) -> dict[str, Any]:
        """Return the contact of the service; the name of a person is left in the original."""
        mail, phone = self.text("courriel"), self.text("telephone").replace(" ", "")
        found: dict[str, Any] = {"email": mail} if _MAIL.match(mail) else {}
        if _PHONE.match(phone):
            return {**found, "phone": phone}
        return {**found, "text": phone} if phone else found

    def _extra(self) -> str:
        words = (self.text("frais"), self.text("frais_precisions"))
        stated = " : ".join(word for word in words if word)
        return f"Frais d'accès : {stated}" if stated else ""
