"""Reports: one JSON value in, one text out, for people and for machines.

``contract`` knows the shape, ``finish`` completes what the engine found, the other modules each
have ``render(report, lang) -> str`` and touch nothing else; ``write`` puts the texts on disk.
"""
