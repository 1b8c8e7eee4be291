"""Documents against schemas and rules, one or millions.

remark      what is held against a document, and its words
documents   judges one document
rules       the rows of the catalogue that judge a document by itself
overlay     what a real server does beyond the text
reading     bytes to JSON values: one document, one per line, a list
table       CSV: a column is a JSON path
positions   the line of a value in a JSON text
batch       whole files, over several processes
"""
