"""What rows were read from, by place and hash; no word of a published text is kept here.

* ``place``: what stands at a place of a text
* ``ledger``: the hashes of what stood there, and what is otherwise now
"""
