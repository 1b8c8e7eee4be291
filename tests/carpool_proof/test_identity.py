"""What is derived of persons: the vectors, our rule for the rest, and silence on who they are."""

from __future__ import annotations

import json
import traceback
import warnings
from datetime import datetime
from typing import Any

import pytest

from mobstd.canon.root import packaged
from mobstd.carpool_proof import cee_token
from mobstd.carpool_proof.identity import (
    IdentityWarning,
    NameRefused,
    PhoneRefused,
    e164,
    identity_key,
    last_name_trunc,
    normalised,
    operator_journey_id,
    phone_trunc,
    why_not,
)
from mobstd.carpool_proof.phones import trunc
from mobstd.errors import UsageError

FOLDER = packaged().conformance / "carpool-proof" / "derivations"
VECTORS: dict[str, Any] = json.loads((FOLDER / "identity.json").read_text("utf-8"))
TOKENS: dict[str, Any] = json.loads((FOLDER / "cee-token.json").read_text("utf-8"))


@pytest.mark.parametrize("vector", VECTORS["derivations"], ids=lambda v: v["normalised"])
def test_derivations(vector: dict[str, Any]) -> None:
    phone, last_name = vector["phone"], vector["last_name"]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert identity_key(phone, last_name) == vector["identity_key"]
        assert last_name_trunc(last_name) == vector["last_name_trunc"]
    assert phone_trunc(phone) == vector["phone_trunc"]
    assert normalised(last_name).value == vector["normalised"]
    assert sorted(normalised(last_name).notes) == vector["notes"]
    assert {w.category for w in caught} == (set() if vector["specified"] else {IdentityWarning})
    assert last_name not in "".join(str(w.message) for w in caught)
    assert why_not(vector["identity_key"], phone, last_name) is None


def test_spelling_of_a_number_does_not_matter() -> None:
    keys = {
        identity_key(phone, "Martin")
        for phone in ("+33199001234", "01 99 00 12 34", "0033199001234", "+33(0)1.99.00.12.34")
    }
    assert len(keys) == 1


@pytest.mark.parametrize("vector", VECTORS["wrong_keys"], ids=lambda v: v["mistake"])
def test_a_wrong_key_is_explained(vector: dict[str, Any]) -> None:
    code = why_not(vector["identity_key"], vector["phone"], vector["last_name"])
    assert code == f"proof.key.{vector['mistake']}"


def test_other_wrong_keys() -> None:
    right = identity_key("+33199001234", "Martin")
    assert why_not(right.upper(), "+33199001234", "Martin") == "proof.key.upper-hex"
    assert why_not("0" * 64, "+33199001234", "Martin") == "proof.key.other"


@pytest.mark.parametrize("vector", VECTORS["phone_trunc"]["accepted"], ids=lambda v: v["value"])
def test_truncated_numbers_that_the_registry_takes(vector: dict[str, str]) -> None:
    assert trunc(vector["value"]) == vector["rewritten"]


@pytest.mark.parametrize("value", VECTORS["phone_trunc"]["refused"])
def test_truncated_numbers_that_it_refuses(value: str) -> None:
    assert trunc(value) is None


SECRET_NAME, SECRET_PHONE = "Zyxwvutsky42", "+33199009999999"


def test_no_error_warning_or_repr_tells_who_it_is() -> None:
    said = [repr(normalised(SECRET_NAME))]
    for call in (
        lambda: identity_key(SECRET_PHONE, "Martin"),
        lambda: e164(SECRET_PHONE),
        lambda: phone_trunc("+33 nonsense 9999999"),
        lambda: last_name_trunc("9999999"),
        lambda: cee_token.signed(f"1/short/{SECRET_NAME}/x", SECRET_NAME),
        lambda: cee_token.verified("x", SECRET_NAME, SECRET_NAME),
    ):
        with pytest.raises(UsageError) as caught:
            call()
        error = caught.value
        said += [str(error), repr(error), error.text("fr"), repr(error.params)]
        said += traceback.format_exception_only(error)
        assert error.__cause__ is None
        assert error.__suppress_context__ or error.__context__ is None
    with pytest.warns(IdentityWarning) as noted:
        last_name_trunc(SECRET_NAME)
    said += [str(w.message) for w in noted]
    text = "".join(said).lower()
    assert "zyxwv" not in text
    assert "9999" not in text


def test_what_is_no_name_or_number() -> None:
    for name in ("", " ", "42", "---"):
        with pytest.raises(NameRefused):
            normalised(name)
    for phone in ("", "abc", "+330000000", "+33 1 99 00 12 34 ext. 5"):
        with pytest.raises(PhoneRefused):
            e164(phone)


def test_ids_of_journeys() -> None:
    assert operator_journey_id("abc123") == "abc123"
    uuid = "CB82956E-3833-4925-8000-000000000000"
    assert operator_journey_id(uuid) == "cb82956e383349258000000000000000"
    others = ["A", "a-b", "a<b>", "é", "x" * 257, "a b"]
    found = {operator_journey_id(own) for own in others}
    assert len(found) == len(others)
    assert all(len(one) == 64 for one in found)
    assert operator_journey_id("A") == operator_journey_id("A")
    with pytest.raises(UsageError):
        operator_journey_id("")


@pytest.mark.parametrize("vector", TOKENS["tokens"], ids=lambda v: v["message"])
def test_tokens(vector: dict[str, Any]) -> None:
    at = datetime.fromisoformat(vector["datetime"])
    text = cee_token.message(vector["siret"], vector["journey_type"], vector["driving_license"], at)
    assert (text == vector["message"]) == vector["sent"]
    assert cee_token.signed(vector["message"], TOKENS["private_key"]) == vector["signature"]
    assert cee_token.verified(vector["signature"], vector["message"], TOKENS["public_key"])
    assert not cee_token.verified(vector["signature"], text + "0", TOKENS["public_key"])
    assert not cee_token.verified("no base64 !", text, TOKENS["public_key"])


def test_an_instant_needs_its_zone() -> None:
    with pytest.raises(UsageError):
        cee_token.message("1", "short", "x", datetime(2024, 1, 1))  # noqa: DTZ001
