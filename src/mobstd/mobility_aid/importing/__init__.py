"""Aids read from what others publish.

diagnostics  what became of a record, and what could not be said of it
admission    whether a record gives an aid: read without breaking, admitted by the schema
formats      the formats, and which of them a file is in
sheet        a file of CSV, row by row
table        the table of the directory of aids, in both published layouts
aides_velo   bike aids as rules; publicodes: the language that they are written in
dispositif_aide  the national table of aids
data_inclusion   services of data-inclusion
campaigns    the table of carpool campaigns; campaign: one of its rows
places       the place that a name and a code mean, where they mean one
"""

from __future__ import annotations

from mobstd.mobility_aid.importing.diagnostics import Diagnostic, Imported
from mobstd.mobility_aid.importing.formats import FORMATS, Format, detect, detected, read

__all__ = ["FORMATS", "Diagnostic", "Format", "Imported", "detect", "detected", "read"]
