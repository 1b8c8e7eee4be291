"""Whether a text is a phone number, by the general plan of a country.

A plan says how long numbers are and how they begin; which ranges were given to somebody changes
every week, and is not asked.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

__all__ = ["e164", "is_phone", "is_truncated"]

_REGION = "FR"
"""The country of a number without a country code."""


def is_phone(value: str) -> bool:
    """Say whether a text is a phone number, in any spelling.

    Raises:
        ImportError: where phonenumbers is not installed.
    """
    return e164(value) is not None


@lru_cache(1 << 16)
def e164(value: str) -> str | None:
    """Return a phone number in E.164, such as ``+33199000000``; ``None`` for what is none.

    Raises:
        ImportError: where phonenumbers is not installed.
    """
    import phonenumbers

    try:
        number = phonenumbers.parse(value, _REGION)
    except phonenumbers.NumberParseException:
        return None
    national = phonenumbers.national_significant_number(number)
    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(number.country_code or 0, ())
    if number.extension or not any(_plan(region).fullmatch(national) for region in regions):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def is_truncated(value: str) -> bool:
    """Say whether a text is a phone number without its last two digits.

    Raises:
        ImportError: where phonenumbers is not installed.
    """
    return is_phone(f"{value}00")


@cache
def _plan(region: str) -> re.Pattern[str]:
    import phonenumbers

    found = phonenumbers.PhoneMetadata.metadata_for_region(region)
    general = found and found.general_desc
    return re.compile((general and general.national_number_pattern) or "(?!)")
