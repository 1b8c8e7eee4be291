"""What was sent beside what became of it: what to correct, what to contest, and the money.

judging  what one journey's status asks for: pure
export   the registry's export, read and compared
sources  what was sent, from a journal or a file, and the statuses of now
summary  the totals of a reconciliation
outputs  CSV, and a web page
command  ``mobstd proof reconcile``
"""
