"""What an operator derives of a person, and the ids of its journeys.

    from mobstd.carpool_proof.identity import identity_key, last_name_trunc, phone_trunc

    identity_key("+33 1 99 00 12 34", "D'Hérûg-de-l'Hérault")

``conformance/carpool-proof/vectors/identity.json`` has what every implementation must give. No
error, warning or ``repr`` of this module holds a name or a number.
"""

from __future__ import annotations

import hashlib
import re
import uuid

from mobstd.carpool_proof.names import IdentityWarning, Name, NameRefused, normalised
from mobstd.carpool_proof.phones import PhoneRefused, e164, national, phone_trunc
from mobstd.errors import UsageError

__all__ = [
    "IdentityWarning",
    "Name",
    "NameRefused",
    "PhoneRefused",
    "e164",
    "identity_key",
    "last_name_trunc",
    "normalised",
    "operator_journey_id",
    "phone_trunc",
    "why_not",
]

_OURS = re.compile(r"[a-z0-9]{1,256}")
_LETTERS = 3


def identity_key(phone: str, last_name: str) -> str:
    """Return the key of a person: SHA-256 of ``<E.164>-<LAST NAME>``, in lower-case hex.

    Args:
        phone: the whole number, in any spelling.
        last_name: the whole last name; see :mod:`mobstd.carpool_proof.names` for how it is read.

    Raises:
        PhoneRefused: for what is no phone number.
        NameRefused: for a name without a letter.
        MissingExtra: without the extra ``sign``.

    Warns:
        IdentityWarning: where the registry does not say how such a name is written.
    """
    name = normalised(last_name)
    name.warn()
    return _hash(f"{e164(phone)}-{name.value}")


def last_name_trunc(last_name: str) -> str:
    """Return the first three characters of a normalised last name, filled up with spaces.

    Raises:
        NameRefused: for a name without a letter.

    Warns:
        IdentityWarning: where the registry does not say how such a name is written.
    """
    name = normalised(last_name)
    name.warn()
    return name.value[:_LETTERS].ljust(_LETTERS)


def operator_journey_id(own: str) -> str:
    """Return the id under which a journey is declared, from the operator's own id of it.

    The published text wants ``^[a-z0-9]{1,256}$``, the server takes more and rewrites markup. An
    id that fits stays, a UUID becomes its 32 hexadecimal digits, anything else its SHA-256. The
    same id always gives the same, so that a journey is not declared twice.

    Raises:
        UsageError: for an empty id.
    """
    if not own:
        raise UsageError("proof.journey-id.empty")
    if _OURS.fullmatch(own):
        return own
    try:
        if len(own) == 36:
            return uuid.UUID(own).hex
    except ValueError:
        pass
    return _hash(own)


def why_not(key: str, phone: str, last_name: str) -> str | None:
    """Say how a key that is not that of a person was made wrongly.

    Returns:
        ``None`` where the key is right, else the code of a message: one of the known mistakes, or
        ``proof.key.other``.

    Raises:
        PhoneRefused, NameRefused: as :func:`identity_key`.
    """
    number, name = e164(phone), normalised(last_name).value
    if key == _hash(f"{number}-{name}"):
        return None
    spaced = re.sub("[-']", " ", last_name.upper())
    bare = normalised(re.sub("[ '-]", "", last_name)).value
    wrong = {
        "proof.key.upper-hex": (key.lower(), f"{number}-{name}"),
        "proof.key.accents": (key, f"{number}-{spaced}"),
        "proof.key.punctuation": (key, f"{number}-{bare}"),
        "proof.key.lower-case": (key, f"{number}-{name.lower()}"),
        "proof.key.national": (key, f"0{national(number)}-{name}"),
        "proof.key.newline": (key, f"{number}-{name}\n"),
        "proof.key.three-letters": (key, f"{number}-{name[:_LETTERS]}"),
        "proof.key.truncated-phone": (key, f"{number[:-2]}-{name}"),
    }
    found = (code for code, (given, text) in wrong.items() if given == _hash(text))
    return next(found, "proof.key.other")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
