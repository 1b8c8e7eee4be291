"""Values that JSON cannot say by itself: instants, times of day and money, as Python types.

Each is an ``Annotated`` alias for pydantic. In Python there is a ``datetime``, ``time`` or
``Decimal``; on the wire there is what the standard asks for.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

__all__ = ["Amount", "EpochSeconds", "OnTheWire", "TimeOfDay"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PARTIAL_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)(?:\.([0-9]+))?")
_WHOLE = re.compile(r"-?[0-9]{1,18}")


class OnTheWire:
    """Marks a codec with the JSON type that it has on the wire."""

    def __init__(self, kind: Literal["number", "integer", "string"]) -> None:
        self.kind = kind


def _instant(value: Any) -> datetime:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise PydanticCustomError("instant_naive", "the instant needs a time zone")
        return value
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise PydanticCustomError("instant_type", "an instant is a number of seconds")
    try:
        return _EPOCH + timedelta(seconds=value)
    except (OverflowError, ValueError):
        raise PydanticCustomError("instant_range", "no calendar has this instant") from None


def _seconds(value: datetime) -> int:
    return (value - _EPOCH) // timedelta(seconds=1)


def _time_of_day(value: Any) -> time:
    if isinstance(value, time):
        if value.tzinfo is not None:
            raise PydanticCustomError("time_zone", "a time of day has no time zone")
        return value
    parts = _PARTIAL_TIME.fullmatch(value) if isinstance(value, str) else None
    if parts is None:
        raise PydanticCustomError("time_format", "a time of day is written HH:MM:SS")
    hour, minute, second, fraction = parts.groups()
    microsecond = int(f"{fraction or '0':0<6.6}")
    return time(int(hour), int(minute), min(int(second), 59), microsecond)


def _number(value: Decimal) -> int | float:
    exponent = value.as_tuple().exponent
    return int(value) if isinstance(exponent, int) and exponent >= 0 else float(value)


EpochSeconds = Annotated[
    datetime,
    OnTheWire("integer"),
    PlainValidator(_instant),
    PlainSerializer(_seconds, when_used="json"),
    WithJsonSchema({"type": "integer", "format": "unix-time"}),
]
"""An aware datetime; on the wire the whole seconds since 1970-01-01T00:00:00Z, as a number.

Fractions of a second are not sent. A datetime without a time zone is refused, and so are numbers
that no calendar has.
"""

TimeOfDay = Annotated[
    time,
    OnTheWire("string"),
    PlainValidator(_time_of_day),
    PlainSerializer(time.isoformat, when_used="json"),
    WithJsonSchema({"type": "string", "format": "partial-time"}),
]
"""A time of day without zone; on the wire ``HH:MM:SS`` (RFC 3339 partial-time).

A leap second is read as the second before it; fractions are kept to the microsecond.
"""

Amount = Annotated[
    Decimal,
    OnTheWire("number"),
    PlainSerializer(_number, when_used="json"),
    WithJsonSchema({"type": "number"}),
]
"""Money as a ``Decimal``; on the wire a JSON number."""
