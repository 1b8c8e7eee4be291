"""The page of the reference catalogue: one types a place and a purchase, and sees aids and why.

door   what is asked and answered at ``/``
view   what the page shows, in both languages

The page is a form: it works without a script, and what is typed goes to the catalogue in the body
of a request, never in an address. Nothing of it is kept.
"""

from __future__ import annotations

from mobstd.mobility_aid.reference.page.door import with_page

__all__ = ["with_page"]
