"""The site of standards: static pages from the canon, in English and French.

dossier    what the pages of a version show, gathered once for both languages
proof      which seeded faults show that the check of a row works
members    the members of a schema, one line for each
pages      pages as HTML, by templates; pure
documents  the pages for the three readers, as they are packaged
badges     figures of a version as shields.io reads them
downloads  what is handed out of a version, one by one and in an archive
judging    the page on which one pastes a document and sees it judged
generator  the one part that knows the generator
site       all of it together, and how it comes into a folder
"""
