"""How often our evaluation of the imported bike aids agrees with the engine they come from.

    npm pack @betagouv/aides-velo@3.6.1 && tar xzf betagouv-aides-velo-3.6.1.tgz
    (cd package && npm install --omit=dev)
    python bench/aides-velo/agreement.py package --situations 500 --seed 1

Each situation has a place in the territory of an aid drawn by chance; all aids whose territory
the place lies in are compared, each beside what the original says the others give. Unknowns are
counted apart, an evaluator that always says no stands beside as a control.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random
from typing import Any

from mobstd.mobility_aid import evaluate
from mobstd.mobility_aid.facts import Facts
from mobstd.mobility_aid.importing.aides_velo import imported
from mobstd.mobility_aid.importing.publicodes.model import own_question
from mobstd.mobility_aid.importing.publicodes.vocabulary import VOCABULARY
from mobstd.mobility_aid.territory import inside

HERE = Path(__file__).parent
CENT = Decimal("0.01")
BIKES = VOCABULARY["vélo . type"].answers
WORK = VOCABULARY["demandeur . statut"].answers
PRICES = {"mécanique simple": (80, 1500), "motorisation": (200, 2000), "adapté": (500, 9000)}


def places(folder: Path) -> dict[str, dict[str, str]]:
    """Return where each commune lies, by the package of the official geography."""
    data = folder / "node_modules/@etalab/decoupage-administratif/data"
    epci = {
        member["code"]: one["code"]
        for one in json.loads((data / "epci.json").read_text())
        for member in one["membres"]
    }
    return {
        row["code"]: {
            "commune": row["code"],
            "department": row["departement"],
            "region": row["region"],
            **({"epci": epci[row["code"]]} if row["code"] in epci else {}),
        }
        for row in json.loads((data / "communes.json").read_text())
        if row.get("type") == "commune-actuelle" and "departement" in row
    }


def situation(
    random: Random, place: Mapping[str, str], names: Mapping[str, str], asked: Sequence[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a situation as the engine takes it, and the same as answers of ours."""
    bike, status = random.choice(list(BIKES)), random.choice(list(WORK))
    low, high = PRICES.get(bike, (300, 7000))
    price = random.randint(low // 6, high // 6) * 6  # so that the net price is a decimal number
    age, persons = random.randint(12, 80), random.randint(1, 7)
    income, shares = random.randint(0, 80000), random.choice([1, 1.5, 2, 2.5, 3, 4])
    used, disabled, rsa, aah, french = (random.random() < p for p in (0.4, 0.15, 0.1, 0.1, 0.3))
    own = {name: random.random() < 0.5 for name in asked}
    theirs = {
        "localisation . pays": "France",
        "localisation . code insee": place["commune"],
        "localisation . epci": names.get(place.get("epci", ""), "-"),
        "localisation . département": place["department"],
        "localisation . région": place["region"],
        "demandeur . âge": age,
        "demandeur . statut": status,
        "demandeur . en situation de handicap": disabled,
        "demandeur . bénéficiaire du RSA": rsa,
        "demandeur . bénéficiaire de l'AAH": aah,
        "foyer . personnes": persons,
        "revenu fiscal de référence par part . revenu de référence": income,
        "revenu fiscal de référence par part . nombre de parts": shares,
        "vélo . type": bike,
        "vélo . état": "occasion" if used else "neuf",
        "vélo . fabriqué en france": french,
        "vélo . prix": price,
        **own,
    }
    net = (Decimal(price) / Decimal("1.2")).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    benefits = [name for name, held in (("rsa", rsa), ("aah", aah)) if held] or ["none"]
    ours = {
        **{f"residence.{level}": code for level, code in place.items()},
        "person.age": age,
        "person.status": list(WORK[status]),
        "person.disability": disabled,
        "person.socialBenefit": benefits,
        "household.size": persons,
        "household.referenceTaxIncome": str(income),
        "household.taxShares": shares,
        "vehicle.category": BIKES[bike][0],
        "vehicle.condition": "second-hand" if used else "new",
        "vehicle.madeIn": "FR" if french else "DE",
        "vehicle.priceInclTax": str(price),
        "vehicle.priceExclTax": str(net),
        **{own_question(name): held for name, held in own.items()},
    }
    return theirs, ours


def answers(folder: Path, asked: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what the original engine says to each situation."""
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in asked)
    command = ["node", str(HERE / "engine.mjs"), str(folder)]
    told = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in told.stdout.splitlines()]


def compared(
    aid: Mapping[str, Any], ours: Mapping[str, Any], told: Mapping[str, Any], day: str
) -> tuple[str, str]:
    """Return how an aid compares (``equal``, ``unknown``, ``different``), and in what."""
    name = aid["identifiers"][0]["value"]
    others = [
        {"aid": id_, "amount": str(euros(amount))}
        for id_, amount in told["by_id"].items()
        if id_ != aid["id"] and euros(amount) > 0
    ]
    outcome = evaluate(aid, {"date": day, "answers": ours, "received": others})
    theirs = euros(told["by_name"][name])
    if outcome.verdict == "unknown":
        return "unknown", ", ".join(one.criterion for one in outcome.missing) or "coverage"
    mine = outcome.amount.exact if outcome.amount else Decimal(0)
    if mine is None:
        return "unknown", "amount"
    if mine == theirs and (outcome.verdict == "eligible") == (theirs > 0):
        return "equal", ""
    price = Decimal(ours["vehicle.priceInclTax"])
    if theirs > price and mine == price:
        return "different", "price-ceiling"
    if mine > 0 and theirs > 0:
        return "different", f"amount {mine} not {theirs}"
    return "different", "granted here alone" if mine > 0 else "granted there alone"


def euros(value: Any) -> Decimal:
    """Return an amount of the original engine in cents; what does not apply is nought."""
    return Decimal(str(value or 0)).quantize(CENT, ROUND_HALF_UP) if value else Decimal(0)


def read(folder: Path) -> tuple[list[Any], dict[str, str]]:
    """Return the aids of the package, and how its rules name each community of communes."""
    bundle = ["node", str(HERE / "bundle.mjs"), str(folder)]
    document = json.loads(subprocess.run(bundle, capture_output=True, check=True).stdout)
    rows = imported(document, "2026-01-01T00:00:00Z", document["version"])
    names = {code: name for name, code in document["epci"].items()}
    for one in document["localisation"].values():
        if one["collectivity"]["kind"] == "epci":
            names[one["collectivity"]["code"]] = one["collectivity"]["value"]
    return [row.aid for row in rows if row.aid is not None], names


def main() -> int:
    """Compare, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("package", type=Path)
    parser.add_argument("--situations", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--date", default="2024-06-01")
    options = parser.parse_args()
    aids, names = read(options.package)
    communes = places(options.package)
    random = Random(options.seed)
    situations: list[tuple[dict[str, Any], dict[str, Any], list[Any]]] = []
    where: dict[str, list[Mapping[str, Any]]] = {}
    while len(situations) < options.situations:
        drawn = random.choice(aids)
        place = communes[_within(random, drawn, communes)]
        if place["commune"] not in where:
            facts = Facts(
                {"date": options.date, "answers": {f"residence.{k}": v for k, v in place.items()}}
            )
            where[place["commune"]] = [a for a in aids if inside(a["territory"], facts).truth]
        here = where[place["commune"]]
        asked = [name for aid in here for name in _own(aid)]
        theirs, ours = situation(random, place, names, list(dict.fromkeys(asked)))
        situations.append((theirs, ours, here))
    asked_ = [
        {"inputs": theirs, "aids": [a["identifiers"][0]["value"] for a in here]}
        for theirs, _, here in situations
    ]
    told = answers(options.package, asked_)
    print(json.dumps(report(situations, told, options.date), ensure_ascii=False, indent=1))
    return 0


def _within(random: Random, aid: Mapping[str, Any], communes: Mapping[str, Any]) -> str:
    area = random.choice(aid["territory"]["include"])
    kind, code = area["type"], area.get("code")
    found = [c for c, row in communes.items() if row.get(kind) == code]
    return random.choice(found) if found else random.choice(list(communes))


def _own(aid: Mapping[str, Any]) -> list[str]:
    wanted = {one["criterion"] for one in aid["eligibility"].get("questions", ())}
    kinds = {one["criterion"]: one["type"] for one in aid["eligibility"].get("questions", ())}
    rules = aid["provenance"]["original"]["record"]["rules"]
    return [
        name
        for name in rules
        if own_question(name) in wanted and kinds[own_question(name)] == "boolean"
    ]


def report(
    situations: Sequence[Any], told: Sequence[Mapping[str, Any]], day: str
) -> dict[str, Any]:
    """Return the figures: of aids with complete coverage and structured amounts, and of all."""
    counts: Counter[str] = Counter()
    control: Counter[str] = Counter()
    classes: dict[str, Counter[str]] = defaultdict(Counter)
    unknown: Counter[str] = Counter()
    for (_, ours, here), answer in zip(situations, told, strict=True):
        ids = {a["identifiers"][0]["value"]: a["id"] for a in here}
        both = {"by_name": answer, "by_id": {ids[name]: v for name, v in answer.items()}}
        for aid in here:
            complete = aid["eligibility"]["coverage"] == "complete"
            complete = complete and aid["benefits"][0]["amount"]["type"] != "text"
            result, why = compared(aid, ours, both, day)
            counts[f"{'complete' if complete else 'incomplete'} {result}"] += 1
            if complete:
                no = euros(answer[aid["identifiers"][0]["value"]]) == 0
                control["equal" if no else "different"] += 1
            if result == "different":
                classes[aid["id"]][why] += 1
            elif result == "unknown":
                unknown[f"{aid['id']}: {why}"] += 1
    known = counts["complete equal"] + counts["complete different"]
    return {
        "situations": len(situations),
        "date": day,
        "pairs": dict(counts),
        "agreement": round(counts["complete equal"] / max(1, known), 5),
        "control": round(control["equal"] / max(1, control.total()), 5),
        "unknown": dict(unknown),
        "differences": {aid: dict(found) for aid, found in sorted(classes.items())},
    }


if __name__ == "__main__":
    sys.exit(main())
