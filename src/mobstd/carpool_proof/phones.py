"""Phone numbers as the registry reads them: valid by the general numbering plan, in E.164.

The registry asks libphonenumber with its smallest metadata, which knows the general plan of a
country and not its ranges: a number in a range that nobody was given is accepted. So it is here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from mobstd.errors import MissingExtra, UsageError

__all__ = ["REGION", "PhoneRefused", "e164", "phone_trunc", "trunc"]

REGION = "FR"
"""The country of a number without a country code."""

_CUT = 2
"""How many digits the truncated form leaves out."""


class PhoneRefused(UsageError):
    """A number that is none. The message does not hold it."""


def e164(phone: str, region: str = REGION) -> str:
    """Return a number in E.164, such as ``+33199000000``.

    Raises:
        PhoneRefused: for what is no phone number.
        MissingExtra: without the extra ``sign``.
    """
    found = _e164(phone, region)
    if found is None:
        raise PhoneRefused("proof.phone.refused")
    return found


def phone_trunc(phone: str, region: str = REGION) -> str:
    """Return a number in E.164 without its last two digits.

    Raises:
        PhoneRefused: for what is no phone number.
        MissingExtra: without the extra ``sign``.
    """
    return e164(phone, region)[:-_CUT]


def trunc(value: str, region: str = REGION) -> str | None:
    """Return a truncated number as the registry rewrites it; ``None``: it refuses it.

    It is valid where it is a valid number with ``00`` behind it, in 8 to 20 characters.
    """
    if not 8 <= len(value) <= 20:
        return None
    found = _e164(f"{value}{'0' * _CUT}", region)
    return found and found[:-_CUT]


@lru_cache(1 << 16)
def _e164(phone: str, region: str) -> str | None:
    library = _library()
    try:
        number = library.parse(phone, region)
    except library.NumberParseException:
        return None
    if number.extension:
        return None
    national = library.national_significant_number(number)
    regions = library.COUNTRY_CODE_TO_REGION_CODE.get(number.country_code, ())
    if not any(_plan(known).fullmatch(national) for known in regions):
        return None
    return str(library.format_number(number, library.PhoneNumberFormat.E164))


@lru_cache(512)
def _plan(region: str) -> re.Pattern[str]:
    metadata = _library().PhoneMetadata.metadata_for_region(region)
    pattern = metadata and metadata.general_desc.national_number_pattern
    return re.compile(pattern or "(?!)")


def _library() -> Any:
    try:
        import phonenumbers
    except ImportError:
        raise MissingExtra("proof.needs-sign") from None
    return phonenumbers
