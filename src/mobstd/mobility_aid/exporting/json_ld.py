"""Aids as linked data: public services with the classes of CPSV-AP 3.2.

A name of an aid is relative (``aids/ID``): it is the address that the aid has below that of the
file. What has no name of its own is a blank node.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from mobstd.mobility_aid.exporting.losses import Losses
from mobstd.mobility_aid.importing.diagnostics import Diagnostic

__all__ = ["CONTEXT", "exported", "write"]

CONTEXT: Mapping[str, Any] = {
    "adms": "http://www.w3.org/ns/adms#",
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""The vocabularies, by the prefix that they have here."""

_AUTHORITY = "http://publications.europa.eu/resource/authority/"
_FRANCE = f"{_AUTHORITY}atu/FRA"
_LANGUAGES = {"fr": "FRA", "en": "ENG"}
_STATUS = {
    "draft": "http://purl.org/adms/status/UnderDevelopment",
    "active": "http://purl.org/adms/status/Completed",
    "closed": "http://purl.org/adms/status/Withdrawn",
}
_LOST = (
    "eligibility/rule",
    "territory/exclude",
    "territory/basis",
    "combination",
    "validity/purchaseFrom",
    "validity/purchaseUntil",
    "validity/duration",
    "validity/text",
    "budget",
    "payment",
    "contact/text",
    "additionalInfo",
    "provenance/original",
)


def write(
    aids: Iterable[Mapping[str, Any]], file: IO[str], format: str, *, guarded: bool = False
) -> Iterator[Diagnostic]:
    """Write a graph of public services; see :func:`mobstd.mobility_aid.exporting.write`."""
    graph = []
    for aid in aids:
        node, losses = exported(aid)
        graph.append(node)
        yield from losses
    json.dump({"@context": CONTEXT, "@graph": graph}, file, ensure_ascii=False, indent=1)
    file.write("\n")


def exported(aid: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Diagnostic, ...]]:
    """Return the public service that an aid is, and what it cannot say."""
    lose = Losses(aid)
    lose.where_there(_LOST, "no-class")
    lose.amounts("in-words-there")
    return _Service(aid, lose).node(), tuple(lose.found)


class _Service:
    """A public service while it is written."""

    def __init__(self, aid: Mapping[str, Any], lose: Losses) -> None:
        self.aid, self.lose = aid, lose
        self.language: str = aid.get("language", "fr")

    def words(self, text: str) -> dict[str, str]:
        """Return a text in the language of the aid."""
        return {"@value": text, "@language": self.language}

    def node(self) -> dict[str, Any]:
        """Return the service; what it does not have is left out."""
        aid = self.aid
        application, contact = aid.get("application", {}), aid.get("contact", {})
        duration = application.get("processingTime")
        source = aid["provenance"].get("source", {}).get("url")
        node = {
            "@id": f"aids/{aid['id']}",
            "@type": "cpsv:PublicService",
            "dct:identifier": aid["id"],
            "dct:title": self.words(aid["title"]),
            "dct:description": [
                self.words(aid[part]) for part in ("summary", "description") if part in aid
            ],
            "dct:language": self._language(),
            "dct:modified": _typed("dateTime", aid["provenance"]["updatedAt"]),
            "adms:status": self._status(),
            "dcat:keyword": [{"@value": mode, "@language": "en"} for mode in aid["modes"]],
            "dct:spatial": [self._place(area) for area in aid["territory"]["include"]],
            "dct:temporal": self._time(),
            "cv:hasCompetentAuthority": [
                self._authority(n, one) for n, one in enumerate(aid["funders"])
            ],
            "cv:holdsRequirement": self._requirement(),
            "cpsv:hasInput": [
                self._evidence(n, one) for n, one in enumerate(aid.get("documents", ()))
            ],
            "cpsv:produces": [self._output(n, one) for n, one in enumerate(aid["benefits"])],
            "cv:hasChannel": [
                self._channel(n, one) for n, one in enumerate(application.get("channels", ()))
            ],
            "cv:hasLegalResource": [self._law(one) for one in aid.get("legalBasis", ())],
            "cv:contactPoint": _contact(contact),
            "cv:processingTime": _typed("duration", duration) if duration else None,
            "foaf:page": {"@id": source} if source else None,
        }
        return {name: value for name, value in node.items() if value not in (None, [], {})}

    def _language(self) -> dict[str, str] | None:
        known = _LANGUAGES.get(self.language)
        if known is None:
            self.lose("language", "no-word", self.language)
            return None
        return {"@id": f"{_AUTHORITY}language/{known}"}

    def _status(self) -> dict[str, str] | None:
        status = self.aid["status"]
        if status not in _STATUS:
            self.lose("status", "no-word", status)
            return None
        return {"@id": _STATUS[status]}

    def _place(self, area: Mapping[str, Any]) -> dict[str, Any]:
        place: dict[str, Any] = {"@type": "dct:Location", "dct:type": _concept(area["type"])}
        if area["type"] == "country" and area["code"] == "FR":
            place["@id"] = _FRANCE
        if "code" in area:
            place["dct:identifier"] = area["code"]
        if "name" in area:
            place["dct:title"] = self.words(area["name"])
        return place

    def _time(self) -> dict[str, Any] | None:
        validity = self.aid.get("validity", {})
        days = {"dcat:startDate": "start", "dcat:endDate": "end"}
        said = {
            name: _typed("date", validity[day]) for name, day in days.items() if day in validity
        }
        return {"@type": "dct:PeriodOfTime", **said} if said else None

    def _authority(self, n: int, party: Mapping[str, Any]) -> dict[str, Any]:
        """Return who has a part in it; the class is that of public bodies, the only one there."""
        if party.get("type") in ("company", "association"):
            self.lose(f"funders/{n}", "not-public", party["name"])
        if party["roles"] != ["funder"]:
            self.lose(f"funders/{n}/roles", "no-class", ", ".join(party["roles"]))
        number = party.get("siret", party.get("siren"))
        return {
            "@type": "cv:PublicOrganisation",
            "skos:prefLabel": self.words(party["name"]),
            "dct:spatial": {"@id": _FRANCE},
            **({"dct:identifier": number} if number else {}),
            **({"foaf:page": {"@id": party["url"]}} if "url" in party else {}),
        }

    def _requirement(self) -> dict[str, Any] | None:
        text = self.aid["eligibility"].get("text")
        if text is None:
            return None
        return {
            "@type": "cv:Requirement",
            "dct:identifier": f"{self.aid['id']}#eligibility",
            "dct:title": self.words(self.aid["title"]),
            "dct:description": self.words(text),
            "dct:type": _concept("eligibility"),
        }

    def _evidence(self, n: int, document: Mapping[str, Any]) -> dict[str, Any]:
        for part in ("when", "maxAge", "required"):
            if part in document:
                self.lose(f"documents/{n}/{part}", "no-class")
        return {
            "@type": "cv:Evidence",
            "dct:identifier": document.get("id", f"{self.aid['id']}#document-{n}"),
            "dct:title": self.words(document["label"]),
            **({"dct:type": _concept(document["kind"])} if "kind" in document else {}),
        }

    def _output(self, n: int, benefit: Mapping[str, Any]) -> dict[str, Any]:
        """Return what is given; a ``Cost`` there is what a person pays, and no amount of an aid."""
        text = benefit.get("text") or benefit["amount"].get("text")
        return {
            "@type": "cv:Output",
            "dct:identifier": benefit.get("id", f"{self.aid['id']}#benefit-{n}"),
            "dct:title": self.words(benefit.get("label") or text or self.aid["title"]),
            "dct:type": _concept(benefit["kind"]),
            **({"dct:description": self.words(text)} if text else {}),
        }

    def _channel(self, n: int, channel: Mapping[str, Any]) -> dict[str, Any]:
        label, link = channel.get("label"), channel.get("url")
        return {
            "@type": "cv:Channel",
            "dct:identifier": f"{self.aid['id']}#channel-{n}",
            "dct:type": _concept(channel["type"]),
            **({"dct:description": self.words(label)} if label else {}),
            **({"foaf:page": {"@id": link}} if link else {}),
        }

    def _law(self, text: Mapping[str, Any]) -> dict[str, Any]:
        named = {"@id": text["url"]} if "url" in text else {}
        return {**named, "@type": "eli:LegalResource", "dct:title": self.words(text["label"])}


def _typed(kind: str, value: str) -> dict[str, str]:
    return {"@value": value, "@type": f"xsd:{kind}"}


def _concept(word: str) -> dict[str, Any]:
    return {"@type": "skos:Concept", "skos:prefLabel": {"@value": word, "@language": "en"}}


def _contact(contact: Mapping[str, str]) -> dict[str, Any] | None:
    said: dict[str, Any] = {}
    if "email" in contact:
        said["cv:email"] = contact["email"]
    if "phone" in contact:
        said["cv:telephone"] = contact["phone"]
    if "url" in contact:
        said["cv:contactPage"] = {"@id": contact["url"]}
    return {"@type": "cv:ContactPoint", **said} if said else None
