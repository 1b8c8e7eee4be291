"""The site of standards: see the page that judges in ``judging``."""
