"""House rules and the field's, over the files of a standard or over anybody's single file.

* ``document``: a file, read with care, and the places in it that are schemas
* ``subject``: what is linted together: a version of a standard, or a stranger's file
* ``files``: which files these are
* ``rule``: what a rule is, and what it finds
* ``rules``: the rules, one module per topic
* ``waiver``: what is left as it is, for a written reason
* ``run``: every rule over a subject
* ``render``: text, JSON, SARIF, GitHub annotations
* ``explanation``: what a rule means
"""
