"""The rules: every kind of change that is known, each with its mirror.

What a rule means stands in the catalogue of messages under its id, and how to read it under
``<id>.next``; ``mobstd explain DIFF-RANGE-01`` says both.
"""

from __future__ import annotations

__all__ = ["MIRRORS", "OWN_MIRROR", "RULES"]

_PAIRS = (
    ("DIFF-TYPE-01", "DIFF-TYPE-02"),
    ("DIFF-ENUM-01", "DIFF-ENUM-02"),
    ("DIFF-ENUM-03", "DIFF-ENUM-04"),
    ("DIFF-RANGE-01", "DIFF-RANGE-02"),
    ("DIFF-RANGE-03", "DIFF-RANGE-04"),
    ("DIFF-MULTIPLE-01", "DIFF-MULTIPLE-02"),
    ("DIFF-LENGTH-01", "DIFF-LENGTH-02"),
    ("DIFF-LENGTH-03", "DIFF-LENGTH-04"),
    ("DIFF-PATTERN-01", "DIFF-PATTERN-02"),
    ("DIFF-FORMAT-01", "DIFF-FORMAT-02"),
    ("DIFF-REQUIRED-01", "DIFF-REQUIRED-02"),
    ("DIFF-MEMBER-01", "DIFF-MEMBER-02"),
    ("DIFF-CLOSED-01", "DIFF-CLOSED-02"),
    ("DIFF-CLOSED-03", "DIFF-CLOSED-04"),
    ("DIFF-SIZE-01", "DIFF-SIZE-02"),
    ("DIFF-SIZE-03", "DIFF-SIZE-04"),
    ("DIFF-NAMES-01", "DIFF-NAMES-02"),
    ("DIFF-NAMES-03", "DIFF-NAMES-04"),
    ("DIFF-DEPENDENT-01", "DIFF-DEPENDENT-02"),
    ("DIFF-DEPENDENT-03", "DIFF-DEPENDENT-04"),
    ("DIFF-ITEMS-01", "DIFF-ITEMS-02"),
    ("DIFF-ITEMS-03", "DIFF-ITEMS-04"),
    ("DIFF-ITEMS-05", "DIFF-ITEMS-06"),
    ("DIFF-ITEMS-07", "DIFF-ITEMS-08"),
    ("DIFF-ITEMS-09", "DIFF-ITEMS-10"),
    ("DIFF-UNION-01", "DIFF-UNION-02"),
    ("DIFF-UNION-03", "DIFF-UNION-04"),
    ("DIFF-NOT-01", "DIFF-NOT-02"),
    ("DIFF-CONDITION-01", "DIFF-CONDITION-02"),
    ("DIFF-DEFAULT-01", "DIFF-DEFAULT-02"),
    ("DIFF-DEPRECATED-01", "DIFF-DEPRECATED-02"),
    ("DIFF-SCHEMA-01", "DIFF-SCHEMA-02"),
    ("DIFF-ROLE-01", "DIFF-ROLE-02"),
    ("DIFF-OPERATION-01", "DIFF-OPERATION-02"),
    ("DIFF-PARAMETER-01", "DIFF-PARAMETER-03"),
    ("DIFF-PARAMETER-02", "DIFF-PARAMETER-04"),
    ("DIFF-PARAMETER-05", "DIFF-PARAMETER-06"),
    ("DIFF-BODY-01", "DIFF-BODY-03"),
    ("DIFF-BODY-02", "DIFF-BODY-03"),
    ("DIFF-BODY-04", "DIFF-BODY-05"),
    ("DIFF-MEDIA-01", "DIFF-MEDIA-02"),
    ("DIFF-MEDIA-03", "DIFF-MEDIA-04"),
    ("DIFF-STATUS-01", "DIFF-STATUS-02"),
    ("DIFF-HEADER-01", "DIFF-HEADER-02"),
    ("DIFF-HEADER-03", "DIFF-HEADER-04"),
    ("DIFF-SECURITY-01", "DIFF-SECURITY-02"),
    ("DIFF-ROW-01", "DIFF-ROW-02"),
    ("DIFF-ROW-03", "DIFF-ROW-04"),
    ("DIFF-ROW-05", "DIFF-ROW-06"),
    ("DIFF-ROW-08", "DIFF-ROW-09"),
    ("DIFF-ROW-11", "DIFF-ROW-12"),
)
"""What the one does the other undoes."""

OWN_MIRROR = {
    "DIFF-TYPE-03": "to swap two types is its own mirror",
    "DIFF-MULTIPLE-03": "its own mirror",
    "DIFF-PATTERN-03": "its own mirror: which of two patterns is wider only documents tell",
    "DIFF-FORMAT-03": "its own mirror",
    "DIFF-UNION-05": "its own mirror: unions that can't be put side by side",
    "DIFF-UNION-06": "its own mirror: from oneOf to anyOf and back",
    "DIFF-CONDITION-03": "its own mirror",
    "DIFF-DEFAULT-03": "its own mirror",
    "DIFF-ACCESS-01": "readOnly and writeOnly change who writes in both directions",
    "DIFF-FORM-01": "what means the same has no direction",
    "DIFF-TEXT-01": "words have no direction",
    "DIFF-EXTENSION-01": "what an extension means is not known",
    "DIFF-KEYWORD-01": "what the keyword means is not known",
    "DIFF-LIMIT-01": "where the comparison ends there is nothing to turn round",
    "DIFF-SERVER-01": "its own mirror",
    "DIFF-OPERATION-03": "its own mirror",
    "DIFF-OPERATION-04": "its own mirror: the wire does not carry it",
    "DIFF-PARAMETER-07": "its own mirror: one serialisation is not wider than another",
    "DIFF-SECURITY-03": "its own mirror: where credentials are got is not more or less",
    "DIFF-ROW-07": "its own mirror: no check is known to be the stricter one",
    "DIFF-ROW-10": "its own mirror: another place is not more or less",
}
"""Rules that no other rule mirrors, each with the reason."""

MIRRORS: dict[str, frozenset[str]] = {
    rule: frozenset(other for pair in _PAIRS if rule in pair for other in pair if other != rule)
    for pair in _PAIRS
    for rule in pair
}
RULES: tuple[str, ...] = tuple(sorted({*MIRRORS, *OWN_MIRROR}))
