"""What a change to a standard's repository means, as one comment on its merge request.

* ``review``: both sides, what is different, what lint says that it did not say, who would break
* ``text``: the comment, in either language, no longer than GitHub takes
"""
