"""Scenarios: what a run makes, reads again, changes and takes back, where writing is allowed.

resource   what a standard lets one make, from ``suite.yaml``
edit       one edit of a document that is right
material   what there is to make it from, and why a candidate does not serve
journal    every write on disk before it is sent, and what undoes it
thing      what was made, and what became of it
answers    what answers show: a state, a code
workshop   makes, reads, changes, and undoes everything at the end
undoing    whether what was undone is
table      the life cycle, walked pair by pair
oracle     what state something has, also where nothing reads it
news       what is told of a thing rather than made
tokens     ID tokens that go with it
receiver   hears what the target calls; counterpart answers it
cleanup    undoes what an interrupted run left behind
"""
