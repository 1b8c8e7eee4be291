"""Aids written as others publish them.

formats          the formats, and the one way to write them
losses           what a format cannot say of an aid; sheet: rows of CSV
prose            what is data in an aid, for tables that have but words
table            the table of the directory of aids, in both published layouts
dispositif_aide  the national table of aids
data_inclusion   services of data-inclusion
aides_velo       bike aids as rules, where they came as such
campaigns        the table of carpool campaigns, where they came as such
json_ld          linked data, with the classes of CPSV-AP
geojson          the places of aids
frictionless     a table with its schema, as data platforms take it
"""

from __future__ import annotations

from mobstd.mobility_aid.exporting.formats import FORMATS, Format, beside, write

__all__ = ["FORMATS", "Format", "beside", "write"]
