"""An open question of a standard as one page, for the group to decide.

* ``question``: what is known of it
* ``met``: what real operators do, from reports and recordings
* ``page``: the page, in either language
"""
