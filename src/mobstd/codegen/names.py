"""Wire names to Python names: the same everywhere, and never in the way of Python."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

__all__ = ["attributes", "class_name", "package", "query_name", "snake"]

_TAKEN_ATTRIBUTES = frozenset(
    {
        *("PERSONAL", "PLACES", "REPEATED", "construct", "copy", "dict", "dump", "from_json"),
        *("from_orm", "from_pairs", "json", "parse_file", "parse_obj", "parse_raw", "read"),
        *("read_all",),
        *("schema", "schema_json", "to_json", "to_pairs", "to_path", "unread"),
        *("update_forward_refs", "validate"),
        *("bool", "bytes", "float", "int", "list", "object", "set", "str", "tuple"),
    }
)
_TAKEN_CLASSES = frozenset(
    {
        *("Amount", "Annotated", "Any", "AwareDatetime", "BaseModel", "ClassVar", "Decimal"),
        *("EpochSeconds", "Field", "List", "Literal", "Model", "Query", "TimeOfDay", "Union"),
    }
)
_VERB = re.compile(r"^(get|list|find|search)(?=[A-Z])")


def snake(name: str) -> str:
    """Return ``getDriverJourneys`` as ``get_driver_journeys``, ``webURL`` as ``web_url``."""
    spaced = re.sub(r"[^0-9A-Za-z]+", "_", name)
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", spaced)
    return re.sub(r"_+", "_", spaced).strip("_").lower()


def attributes(names: Iterable[str]) -> dict[str, str]:
    """Return for each wire name of one model an attribute that no other has.

    Keywords, built-in types, methods of models and names that begin with a digit are kept out of
    the way: ``class`` becomes ``class_``, ``2nd`` becomes ``x_2nd``.
    """
    found: dict[str, str] = {}
    for name in names:
        plain = snake(name) or "x"
        if plain[0].isdigit():
            plain = f"x_{plain}"
        if keyword.iskeyword(plain) or plain in _TAKEN_ATTRIBUTES or plain.startswith("model_"):
            plain += "_"
        candidate, number = plain, 2
        while candidate in found.values():
            candidate, number = f"{plain.rstrip('_')}_{number}", number + 1
        found[name] = candidate
    return found


def class_name(name: str) -> str:
    """Return a name for a class: ``driver-journey`` becomes ``DriverJourney``."""
    parts = re.split(r"[^0-9A-Za-z]+", name)
    joined = "".join(part[:1].upper() + part[1:] for part in parts if part)
    if not joined or joined[0].isdigit():
        joined = f"X{joined}"
    taken = joined in _TAKEN_CLASSES or keyword.iskeyword(joined)
    return f"{joined}Document" if taken else joined


def query_name(operation: str) -> str:
    """Return the class for the parameters of an operation: ``DriverJourneysQuery``."""
    return class_name(_VERB.sub("", operation)) + "Query"


def package(version: str) -> str:
    """Return the package of a version: ``1.0-alpha`` becomes ``v1_0_alpha``."""
    return "v" + re.sub(r"[^0-9a-z]+", "_", version.lower())
