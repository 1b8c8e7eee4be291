"""Import of the national table ``dispositif-aide``, with the columns of its ``particuliers``.

The mapping is ``schemas/mobility-aid/0.1/mapping/dispositif-aide.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import IO, Any
from zoneinfo import ZoneInfo

import yaml

from mobstd.mobility_aid.importing.admission import admitted, other_format
from mobstd.mobility_aid.importing.diagnostics import Diagnostic, Imported
from mobstd.mobility_aid.importing.sheet import Sheet, first, noted, unlike

__all__ = [
    "COLUMNS",
    "FORMAT",
    "LEVELS",
    "ROLES",
    "TAKERS",
    "VERSION",
    "WORK",
    "claims",
    "imported",
    "records",
]

FORMAT = "dispositif-aide"
VERSION = "0.1.0"

COLUMNS = (
    "id",
    "titre",
    "promesse",
    "description",
    "eligibilite",
    "types_aides",
    "porteurs",
    "programmes_parents",
    "url_source",
    "cibles",
    "eligibilite_geographique",
    "eligibilite_geographique_exclusions",
    "date_ouverture",
    "date_cloture",
    "date_mise_a_jour",
    "age_minimum",
    "age_maximum",
    "situation_professionnelle",
    "revenus_maximum",
    "residence_requirement",
)
"""Its columns with those of ``particuliers``, in their order."""

_PARIS = ZoneInfo("Europe/Paris")
_NEEDED = ("id", "titre", "description", "date_mise_a_jour", "eligibilite_geographique")
_TELLING = ("types_aides", "porteurs")
"""Columns that other tables with those have not."""

ROLES = {"financeur": "funder", "instructeur": "instructor", "diffuseur": "distributor"}
TAKERS = {
    "particuliers": "natural-person",
    "professionnels": "company",
    "associations": "association",
    "secteur public": "public-body",
}
WORK = {
    "salarie": "employee",
    "independant": "self-employed",
    "demandeur_emploi": "job-seeker",
    "etudiant": "student",
}
_KINDS = {"subvention": "grant", "prêt": "loan", "pret": "loan"}
LEVELS = {
    "REG": ("region", r"[0-9]{2}"),
    "DEP": ("department", r"0[1-9]|1[0-9]|2[1-9AB]|[3-8][0-9]|9[0-5]|97[1-8]|98[4-9]"),
    "EPCI": ("epci", r"[0-9]{9}"),
    "COM": ("commune", r"(?:0[1-9]|[1-9][0-9]|2[AB])[0-9]{3}"),
    "PAYS": ("country", "99100"),
}
_ID = re.compile(r"^[A-Za-z0-9._:~-]{1,100}$")
_SIREN = re.compile(r"^[0-9]{9}$")
_LINK = re.compile(r"^https?://[^\s<>\"{}|\\^`]+$")
_WHOLE = re.compile(r"^[0-9]{1,3}$")
_DEEPEST = 5
"""Parties, a party, its roles; what is far deeper says nothing."""


def claims(head: bytes, format: str) -> bool:
    """Say whether a file begins with the columns of the table."""
    names = first(head)
    return unlike(names, (*_NEEDED, *_TELLING), names) is None


def records(stream: IO[bytes], format: str, at: str) -> Iterator[Imported]:
    """Yield what becomes of each row of a table in CSV, with its line.

    Raises:
        ConfigError: where the first line is not that of the table.
    """
    sheet = Sheet(stream)
    if why := unlike(sheet.columns, _NEEDED, sheet.columns):
        raise other_format(format, why)
    yield from noted(sheet.columns, COLUMNS, _rows(sheet, at))


def _rows(sheet: Sheet, at: str) -> Iterator[Imported]:
    for line, cells in sheet:
        if isinstance(cells, Diagnostic):
            yield Imported(None, (cells,))
        else:
            row = dict(zip(sheet.columns, cells, strict=True))
            found = admitted(str(line), partial(imported, row, at), line)
            told = tuple(replace(one, line=line) for one in found.diagnostics)
            yield Imported(found.aid, told)


def imported(row: Mapping[str, str], at: str) -> Imported:
    """Return the aid that a row of the table says.

    Args:
        row: its cells as text, by column.
        at: when it is read, as a date and time with its offset.
    """
    return _Row(row, at).read()


def _listed(text: str) -> Any:
    """Return what a cell of YAML holds, ``None`` where it is none that a list of parties can be.

    What refers to itself or is deep would swell: it is looked for before anything is made of it.
    """
    depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.BaseLoader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST or isinstance(event, yaml.AliasEvent):
                return None
        return yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError:
        return None


class _Row:
    """A row while it is read."""

    def __init__(self, row: Mapping[str, str], at: str) -> None:
        self.row, self.at = row, at
        self.found: list[Diagnostic] = []

    def cell(self, column: str) -> str:
        """Return what a cell says, without blanks around it."""
        return (self.row.get(column) or "").strip()

    def values(self, column: str) -> list[str]:
        """Return the values between the bars of a cell."""
        return [one.strip() for one in self.cell(column).split("|") if one.strip()]

    def tell(self, column: str, code: str, detail: str = "", refused: bool = False) -> None:
        self.found.append(Diagnostic(self.cell("id") or "?", column, code, detail, refused))

    def read(self) -> Imported:
        """Return what became of it."""
        for column in _NEEDED:
            if not self.cell(column):
                self.tell(column, "absent", refused=True)
        if self.cell("id") and not _ID.match(self.cell("id")):
            self.tell("id", "bad-identifier", self.cell("id"), refused=True)
        funders = self._funders()
        if any(one.refused for one in self.found):
            return Imported(None, tuple(self.found))
        return Imported(self._aid(funders), tuple(self.found))

    def _aid(self, funders: list[dict[str, Any]]) -> dict[str, Any]:
        include = self._areas("eligibilite_geographique")
        exclude = self._areas("eligibilite_geographique_exclusions")
        national = any(area["type"] == "country" for area in include)
        summary, parents = self.cell("promesse"), self.values("programmes_parents")
        days = {"start": self._day("date_ouverture"), "end": self._day("date_cloture")}
        validity = {name: day for name, day in days.items() if day}
        updated = self._moment("date_mise_a_jour")
        link = self.cell("url_source")
        if link and not _LINK.match(link):
            self.tell("url_source", "not-a-link", link)
            link = ""
        return {
            "schemaVersion": "0.1",
            "id": f"{FORMAT}.{self.cell('id')}",
            "identifiers": [{"scheme": FORMAT, "value": self.cell("id")}],
            "title": self.cell("titre")[:250],
            **({"summary": summary[:180]} if summary else {}),
            "description": self.cell("description"),
            "language": "fr",
            "level": "national" if national else "territory",
            "status": "unknown",
            "currency": "EUR",
            "funders": funders,
            "territory": {"include": include, **({"exclude": exclude} if exclude else {})},
            "modes": [],
            "benefits": [self._benefit()],
            "eligibility": self._eligibility(),
            **({"validity": validity} if validity else {}),
            **({"x-parent-programmes": parents} if parents else {}),
            "provenance": {
                "updatedAt": updated or self.at,
                "source": {"label": FORMAT, **({"url": link} if link else {})},
                "original": {
                    "format": FORMAT,
                    "version": VERSION,
                    "record": dict(self.row),
                    "columns": list(self.row),
                },
            },
        }

    def _funders(self) -> list[dict[str, Any]]:
        stated = _listed(self.cell("porteurs"))
        parties = [self._party(one) for one in stated] if isinstance(stated, list) else []
        kept = [party for party in parties if party]
        if not any("funder" in party["roles"] for party in kept):
            self.tell("porteurs", "no-funder", self.cell("porteurs"), refused=True)
        return kept

    def _party(self, stated: Any) -> dict[str, Any] | None:
        roles = stated.get("roles") if isinstance(stated, Mapping) else None
        if not isinstance(roles, list) or not roles or not stated.get("nom"):
            self.tell("porteurs", "party", str(stated))
            return None
        known = list(dict.fromkeys(ROLES.get(str(role), "operator") for role in roles))
        siren = str(stated.get("siren") or "").replace(" ", "")
        if siren and not _SIREN.match(siren):
            self.tell("porteurs", "siren", siren)
            siren = ""
        return {"name": stated["nom"], **({"siren": siren} if siren else {}), "roles": known}

    def _areas(self, column: str) -> list[dict[str, Any]]:
        return [self._area(column, one) for one in dict.fromkeys(self.values(column))]

    def _area(self, column: str, stated: str) -> dict[str, Any]:
        prefix, _, code = stated.partition("-")
        level, pattern = LEVELS.get(prefix, ("", "(?!)"))
        if re.fullmatch(pattern, code):
            return {"type": level, "code": "FR" if level == "country" else code}
        self.tell(column, "unresolved-place", stated)
        return {"type": "unresolved", "name": stated}

    def _benefit(self) -> dict[str, Any]:
        kinds = [_KINDS[one.lower()] for one in self.values("types_aides") if one.lower() in _KINDS]
        kind = kinds[0] if len(self.values("types_aides")) == len(kinds) == 1 else "other"
        return {"kind": kind, "amount": {"type": "text", "text": self.cell("description")}}

    def _eligibility(self) -> dict[str, Any]:
        words = [self.cell("eligibilite"), self.cell("residence_requirement")]
        income = self.cell("revenus_maximum")
        if income:
            words.append(f"Plafond de revenus : {income} € par an")
            self.tell("revenus_maximum", "in-words", income)
        text = "\n".join(word for word in words if word) or self.cell("description")
        conditions = [*self._age("age_minimum", "gte"), *self._age("age_maximum", "lte")]
        conditions += self._work()
        rule: dict[str, Any] = {"allOf": conditions} if len(conditions) > 1 else {}
        takers = [TAKERS[one] for one in self.values("cibles") if one in TAKERS]
        if len(takers) != len(self.values("cibles")):
            self.tell("cibles", "unknown-value", self.cell("cibles"))
        return {
            "text": text,
            **({"rule": rule or conditions[0]} if conditions else {}),
            "coverage": "partial" if conditions else "text-only",
            **({"beneficiaries": list(dict.fromkeys(takers))} if takers else {}),
        }

    def _age(self, column: str, operator: str) -> list[dict[str, Any]]:
        stated = self.cell(column)
        if not stated:
            return []
        if not _WHOLE.match(stated):
            self.tell(column, "number", stated)
            return []
        return [{"criterion": "person.age", "operator": operator, "value": int(stated)}]

    def _work(self) -> list[dict[str, Any]]:
        stated = self.values("situation_professionnelle")
        known = [WORK[one] for one in stated if one in WORK]
        if len(known) != len(stated):
            self.tell("situation_professionnelle", "unknown-value", "|".join(stated))
            return []
        return [{"criterion": "person.status", "operator": "in", "values": known}] if known else []

    def _moment(self, column: str) -> str | None:
        stated = self.cell(column)
        if not stated:
            return None
        try:
            moment = datetime.fromisoformat(stated)
        except ValueError:
            self.tell(column, "not-a-date", stated)
            return None
        if moment.tzinfo is None:
            self.tell(column, "no-offset", stated)
            return None
        return stated

    def _day(self, column: str) -> str | None:
        """Return the day of an instant in Paris; that of a time without an offset as it stands."""
        stated = self.cell(column)
        moment = self._moment(column)
        if moment is not None:
            return datetime.fromisoformat(moment).astimezone(_PARIS).date().isoformat()
        try:
            return datetime.fromisoformat(stated).date().isoformat() if stated else None
        except ValueError:
            return None
