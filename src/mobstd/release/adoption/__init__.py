"""Somebody else's standard, read in its own place: any layout, nothing in it is changed.

A folder with an OpenAPI document, or that file, becomes a version in a folder of its own that is
gone at the end; whatever takes a version takes it.

* ``layout``: which files there are, as ``mobstd.yaml`` says or as they are found
* ``convert``: an OpenAPI document as the canon has it
* ``catalogue``: rows and blocks that the document alone gives
* ``adopted``: all of it together
"""
