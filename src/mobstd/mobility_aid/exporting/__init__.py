"""Aids written as others publish them.

table            the table of the directory of aids: the rows that aids were imported from
dispositif_aide  the national table of aids
data_inclusion   services of data-inclusion
"""
