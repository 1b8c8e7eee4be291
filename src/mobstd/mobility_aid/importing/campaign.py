"""One campaign of carpooling, as an aid."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from mobstd.mobility_aid.identifiers import is_siret
from mobstd.mobility_aid.importing.diagnostics import Diagnostic, Imported
from mobstd.mobility_aid.importing.places import official, plain

__all__ = ["FORMAT", "VERSION", "Campaign", "columns"]

FORMAT = "campagnes-covoiturage"
VERSION = "2024"

_ALIASES = {
    "mise_a_jour": "derniere_maj",
    "lien": "lien_page_collectivite",
    "code_siren": "code",
    "siren": "code",
    "code_siret": "code",
    "siret": "code",
}
"""Other names of a column, in the order in which they count: files differ from year to year."""

_LEVELS = {
    "aom": "aom",
    "epci": "epci",
    "reg": "region",
    "region": "region",
    "dep": "department",
    "departement": "department",
    "com": "commune",
    "commune": "commune",
    "pays": "country",
    "country": "country",
}
_CODES = {
    "aom": r"[0-9]{9}",
    "epci": r"[0-9]{9}",
    "region": r"[0-9]{2}",
    "department": r"[0-9]{2,3}|2[AB]",
    "commune": r"[0-9][0-9AB][0-9]{3}",
    "country": r"FR",
}
_SUM = re.compile(r"(0|[1-9][0-9]{0,8})(?:[.,]([0-9]{1,4}))?")
_WHOLE = re.compile(r"[1-9][0-9]{0,5}")
_DAYS = (
    re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})(?:[T ].*)?"),
    re.compile(r"(?P<d>[0-9]{1,2})/(?P<m>[0-9]{1,2})/(?P<y>[0-9]{4})"),
)
_LINK = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_ID = re.compile(r"[^A-Za-z0-9]+")
_NOBODY = ("", "non", "aucun", "aucune", "neant", "na", "n a")
_SEATS = 8
"""How many passengers a car takes beside its driver."""

_IN_WORDS = {
    "operateurs": "Opérateurs",
    "nom_plateforme": "Plateforme",
    "zone_exclusion": "Zone exclue",
    "si_zone_exclue_liste": "Zones exclues",
    "autre_exclusion": "Autre exclusion",
    "passager_eligible_gratuite": "Passagers qui voyagent gratuitement",
    "passager_eligibilite_reduction": "Passagers qui ont une réduction",
    "zone_sens_des_trajets": "Sens des trajets",
    "trajet_longueur_min": "Longueur minimale (km)",
    "trajet_longueur_max": "Longueur maximale (km)",
    "trajet_classe_de_preuve": "Classe de preuve",
}


def columns(names: Iterable[str]) -> dict[str, str]:
    """Return how the columns of a file are named in it, by the name that they have here.

    Another name counts where the right one is not there.
    """
    stated = {plain(name).replace(" ", "_"): name for name in names}
    other = {right: stated[name] for name, right in reversed(_ALIASES.items()) if name in stated}
    return {**other, **stated}


class Campaign:
    """A row while it is read."""

    def __init__(self, row: Mapping[str, str], at: str, line: int | None) -> None:
        self._row, self._at, self._line = row, at, line
        self._names = columns(row)
        self._found: list[Diagnostic] = []
        self._words: dict[str, None] = {}

    def read(self) -> Imported:
        """Return what became of it."""
        if not self._text("collectivite"):
            self._tell("collectivite", "absent", refused=True)
        benefits = [*self._driver(), *self._passenger()]
        if not benefits:
            self._tell("conducteur_montant_max_par_passager", "no-benefit", refused=True)
        if any(one.refused for one in self._found):
            return Imported(None, tuple(self._found))
        return Imported(self._aid(benefits), tuple(self._found))

    def _tell(self, name: str, code: str, detail: str = "", refused: bool = False) -> None:
        record = self._text("collectivite")[:100] or str(self._line or "?")
        stated = self._names.get(name, name)
        self._found.append(Diagnostic(record, stated, code, detail, refused, self._line))

    def _text(self, name: str) -> str:
        return self._row.get(self._names.get(name, ""), "").strip()

    def _said(self, name: str) -> str:
        """Return a cell that says something; ``Non`` and the like say nothing."""
        text = self._text(name)
        return "" if plain(text) in _NOBODY else text

    def _aid(self, benefits: list[dict[str, Any]]) -> dict[str, Any]:
        name, (level, code) = self._text("collectivite"), self._place()
        start, end = self._day("date_debut"), self._day("date_fin")
        if start and end and start > end:
            self._tell("date_fin", "before-start", f"{start} > {end}")
        key = _ID.sub("-", self._text("code") or name)
        territory, conditions = self._territory(level, code), self._conditions()
        validity = {word: day for word, day in (("start", start), ("end", end)) if day}
        budget, contact = self._sum("budget_incitations"), self._text("email")
        title = f"Covoiturage : {name}"
        info = self._text("autres_informations")
        return {
            "schemaVersion": "0.1",
            "id": f"{FORMAT}:{key[:60].strip('-')}:{start or 'x'}",
            "title": title[:250],
            "description": f"Campagne d'incitation financière au covoiturage : {name}.",
            "language": "fr",
            "level": "national" if level == "country" else "territory",
            "status": "active" if start and end else "unknown",
            "currency": "EUR",
            "funders": [self._funder(name, level, code)],
            "territory": territory,
            "modes": ["carpool"],
            "benefits": benefits,
            "eligibility": self._eligibility(conditions),
            **({"validity": validity} if validity else {}),
            **({"budget": {"state": "unknown", "total": budget}} if budget else {}),
            **({"contact": {"email": contact}} if _MAIL.fullmatch(contact) else {}),
            **({"additionalInfo": info} if info else {}),
            "provenance": self._provenance(),
        }

    def _place(self) -> tuple[str | None, str]:
        """Return level and code; a SIRET begins with the SIREN, and one code may tell its level."""
        level, code = _LEVELS.get(plain(self._text("type"))), self._text("code")
        if is_siret(code) and level in (None, "aom", "epci"):
            code = code[:9]
        if level is None and not self._text("type"):
            kinds = {kind for kind, _ in official().get(code, ())}
            level = kinds.pop() if len(kinds) == 1 else None
        return level, code

    def _funder(self, name: str, level: str | None, code: str) -> dict[str, Any]:
        siren = code if level in ("aom", "epci") and re.fullmatch(_CODES["epci"], code) else ""
        return {"name": name, **({"siren": siren} if siren else {}), "roles": ["funder"]}

    def _provenance(self) -> dict[str, Any]:
        updated, link = self._day("derniere_maj"), self._text("lien_page_collectivite")
        if link and not _LINK.fullmatch(link):
            self._tell("lien_page_collectivite", "not-a-link", link)
            link = ""
        return {
            "updatedAt": f"{updated}T00:00:00Z" if updated else self._at,
            "source": {"label": FORMAT, **({"url": link} if link else {})},
            "original": {
                "format": FORMAT,
                "version": VERSION,
                "record": dict(self._row),
                "columns": list(self._row),
            },
        }

    def _territory(self, level: str | None, code: str) -> dict[str, Any]:
        territory: dict[str, Any] = {}
        way = plain(self._text("zone_sens_des_trajets"))
        if " et ou " in f" {way} " or " ou " in f" {way} ":
            territory = {"basis": ["trip-origin", "trip-destination"], "match": "any"}
        elif " et " in f" {way} ":
            territory = {"basis": ["trip-origin", "trip-destination"], "match": "all"}
        elif way in ("origine", "destination"):
            words = {"origine": "trip-origin", "destination": "trip-destination"}
            territory = {"basis": [words[way]]}
        else:
            self._tell("zone_sens_des_trajets", "unknown-value", way)
        name = self._text("collectivite")
        if level is not None and re.fullmatch(_CODES[level], code):
            area = {"type": level, "code": code, "name": name}
        else:
            stated = f"{self._text('type')} {code}".strip()
            part = "type" if level is None else "code"
            self._tell(part, "unresolved-place", f"{stated} {name}")
            area = {"type": "unresolved", "name": name}
        excluded = self._excluded()
        more = {"exclude": excluded} if excluded else {}
        return {**territory, "include": [area], **more}

    def _excluded(self) -> list[dict[str, str]]:
        """Return the communes that are excluded, where all of them are named by their code."""
        stated = self._said("si_zone_exclue_liste")
        codes = [part for part in re.split(r"[\s,;]+", stated) if part]
        communes = {
            code for code in codes if any(k == "commune" for k, _ in official().get(code, ()))
        }
        if codes and communes == set(codes):
            return [{"type": "commune", "code": code} for code in dict.fromkeys(codes)]
        for name in ("si_zone_exclue_liste", "zone_exclusion"):
            if self._said(name):
                self._in_words(name)
        return []

    def _in_words(self, name: str) -> None:
        self._tell(name, "prose", self._text(name))
        self._words[name] = None

    def _conditions(self) -> list[dict[str, Any]]:
        found = []
        for name, operator in (("trajet_longueur_min", "gte"), ("trajet_longueur_max", "lte")):
            stated = self._said(name).lower().removesuffix("km").strip()
            number = self._number(stated)
            if number is not None:
                value = float(number) if "." in number else int(number)
                found.append(_is("trip.distanceKm", operator, value=value))
            elif stated:
                self._in_words(name)
        if len(found) > 1 and found[0]["value"] > found[1]["value"]:
            least, most = (one["value"] for one in found)
            self._tell("trajet_longueur_max", "below-minimum", f"{least} > {most}")
        words = re.split(r"[\s,;/]+", self._said("trajet_classe_de_preuve"))
        classes = [one for one in words if one not in ("", "et", "ou")]
        if classes and set(classes) <= {"A", "B", "C"}:
            found.append(_is("trip.proofClass", "in", values=list(dict.fromkeys(classes))))
        elif classes:
            self._in_words("trajet_classe_de_preuve")
        for name in ("operateurs", "autre_exclusion"):
            if self._said(name):
                self._in_words(name)
        return found

    def _eligibility(self, conditions: list[dict[str, Any]]) -> dict[str, Any]:
        rule = (
            {"allOf": conditions} if len(conditions) > 1 else conditions[0] if conditions else None
        )
        stated = [name for name in _IN_WORDS if self._said(name)]
        text = "\n".join(f"{_IN_WORDS[name]} : {self._text(name)}" for name in stated)
        if not self._words and rule is not None:
            return {"rule": rule, "coverage": "complete", **({"text": text} if text else {})}
        words = text or "Aucune condition n'est dite."
        if rule is None:
            return {"text": words, "coverage": "text-only"}
        return {"text": words, "rule": rule, "coverage": "partial"}

    def _driver(self) -> list[dict[str, Any]]:
        least = self._sum("conducteur_montant_min_par_passager")
        most = self._sum("conducteur_montant_max_par_passager")
        stated = self._said("conducteur_montant_max_par_passager")
        if most is None and not stated:
            return []
        benefit: dict[str, Any] = {"kind": "grant", "role": "driver", "period": "trip"}
        if most is None:
            benefit["amount"] = {"type": "text", "text": stated}
        else:
            low = least if least is not None else "0"
            between = most if low == most else f"{low} à {most}"
            words = f"{between} € par trajet et par passager".replace(".", ",")
            if Decimal(low) > Decimal(most):
                part = "conducteur_montant_max_par_passager"
                self._tell(part, "below-minimum", f"{low} > {most}")
                benefit["amount"] = {"type": "text", "text": words}
            else:
                if low != most:
                    words += (
                        f", soit au plus {_full(most).replace('.', ',')} € pour {_SEATS} passagers"
                    )
                benefit |= {"amount": _each(low, most), "text": words}
        limits = self._limits("conducteur")
        return [{**benefit, **({"limits": limits} if limits else {})}]

    def _passenger(self) -> list[dict[str, Any]]:
        free = plain(self._text("passager_gratuite")) == "oui"
        cheaper = plain(self._text("passager_reduction_ticket")) == "oui"
        if not free and not cheaper:
            return []
        who = "passager_eligible_gratuite" if free else "passager_eligibilite_reduction"
        price = "0" if free else self._sum("passager_montant_ticket")
        everybody = plain(self._text(who)) in ("", "tous", "tout le monde")
        limits = self._limits("passager")
        more = {"limits": limits} if limits else {}
        if price is None or not everybody:
            stated = [
                self._text(one) for one in (who, "passager_montant_ticket") if self._said(one)
            ]
            words = " ; ".join(stated) or ("Gratuité" if free else "Réduction")
            self._tell(who, "prose", words)
            amount = {"type": "text", "text": words}
            return [
                {"kind": "fare", "role": "passenger", "period": "trip", "amount": amount, **more}
            ]
        amount = {"type": "price", "value": price}
        return [{"kind": "fare", "role": "passenger", "period": "trip", "amount": amount, **more}]

    def _limits(self, who: str) -> list[dict[str, Any]]:
        money = self._sum(f"{who}_montant_max_par_mois")
        found: list[dict[str, Any]] = []
        if money is not None:
            found.append({"money": money, "period": "month"})
        for time, period in (("mois", "month"), ("jour", "day")):
            name = f"{who}_trajets_max_par_{time}"
            stated = self._said(name)
            if _WHOLE.fullmatch(stated):
                found.append({"count": int(stated), "countUnit": "trip", "period": period})
            elif stated:
                self._tell(name, "number", stated)
        return found

    def _sum(self, name: str) -> str | None:
        """Return a sum of euros as decimal text; what is none is told."""
        stated = self._said(name)
        found = self._number(re.sub(r"\s|€", "", stated))
        if found is None and stated and name != "conducteur_montant_max_par_passager":
            self._tell(name, "not-a-sum", stated)
        return found

    def _number(self, text: str) -> str | None:
        match = _SUM.fullmatch(text)
        if match is None:
            return None
        cents = (match[2] or "").rstrip("0")
        return f"{match[1]}.{cents}" if cents else match[1]

    def _day(self, name: str) -> str | None:
        stated = self._said(name)
        for pattern in _DAYS:
            match = pattern.fullmatch(stated)
            try:
                if match is not None:
                    return date(int(match["y"]), int(match["m"]), int(match["d"])).isoformat()
            except ValueError:
                break
        if stated:
            self._tell(name, "not-a-date", stated)
        return None


def _is(criterion: str, operator: str, **wanted: Any) -> dict[str, Any]:
    return {"criterion": criterion, "operator": operator, **wanted}


def _full(each: str) -> str:
    """Return what so much for each passenger comes to in a car that is full."""
    return f"{(Decimal(each) * _SEATS).normalize():f}"


def _each(low: str, high: str) -> dict[str, Any]:
    """Return an amount for each passenger, between two sums.

    The formula is what lies between so much a passenger and so much: nobody says what decides.
    """
    least = {"type": "per-unit", "unit": "passenger-trip", "value": low}
    most = {"type": "per-unit", "unit": "passenger-trip", "value": high}
    if low == high:
        return most
    between = {"type": "range", "min": low, "max": _full(high)}
    return {"type": "max-of", "parts": [least, {"type": "min-of", "parts": [most, between]}]}
