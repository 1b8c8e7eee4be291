"""Phone numbers as the registry reads them: valid by the general numbering plan, in E.164.

The registry asks libphonenumber with its smallest metadata, which knows the general plan of a
country and not its ranges: a number in a range that nobody was given is accepted. So it is here. A
number without a country code is French.
"""

from __future__ import annotations

from mobstd.canon import phones
from mobstd.errors import MissingExtra, UsageError

__all__ = ["PhoneRefused", "e164", "national", "phone_trunc", "trunc"]

_CUT = 2
"""How many digits the truncated form leaves out."""


class PhoneRefused(UsageError):
    """A number that is none. The message does not hold it."""


def e164(phone: str) -> str:
    """Return a number in E.164, such as ``+33199000000``.

    Raises:
        PhoneRefused: for what is no phone number.
        MissingExtra: without the extra ``sign``.
    """
    found = _e164(phone)
    if found is None:
        raise PhoneRefused("proof.phone.refused")
    return found


def national(phone: str) -> str:
    """Return a number as it is written within its country, without the leading zero.

    Raises:
        PhoneRefused: for what is no phone number.
        MissingExtra: without the extra ``sign``.
    """
    found = e164(phone)
    import phonenumbers

    return str(phonenumbers.national_significant_number(phonenumbers.parse(found)))


def phone_trunc(phone: str) -> str:
    """Return a number in E.164 without its last two digits.

    Raises:
        PhoneRefused: for what is no phone number.
        MissingExtra: without the extra ``sign``.
    """
    return e164(phone)[:-_CUT]


def trunc(value: str) -> str | None:
    """Return a truncated number as the registry rewrites it; ``None``: it refuses it.

    It is valid where it is a valid number with ``00`` behind it, in 8 to 20 characters.
    """
    if not 8 <= len(value) <= 20:
        return None
    found = _e164(f"{value}{'0' * _CUT}")
    return found and found[:-_CUT]


def _e164(phone: str) -> str | None:
    try:
        return phones.e164(phone)
    except ImportError:
        raise MissingExtra("proof.needs-sign") from None
