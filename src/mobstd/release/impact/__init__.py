"""Who would break: what was recorded, judged again by another version, without a request.

evidence  recordings, reports, documents
judged    the same evidence by two versions, side by side
table     what is shared, and how it is merged
render    for people
"""
