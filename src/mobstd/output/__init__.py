"""What rooms and standards write for people: files, web pages, tables.

files   files that are whole or not there, also to pipes; databases that only their owner reads
page    web pages that ask nobody for anything, in both languages
table   CSV of which no spreadsheet takes a cell for a formula
"""
