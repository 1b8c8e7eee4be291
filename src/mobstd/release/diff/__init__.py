"""Who is hurt by a change: two versions, revisions or files, compared.

source      what is compared: versions, files, folders, revisions
library     its documents, and what their references lead to
dialect     OpenAPI 3.0 and 3.1, Swagger 2 and drafts, said as 2020-12
compiled    a schema with all that it refers to
node        what applies at one place, taken together
keywords    what a change of a keyword may refuse or admit
compare     two schemas side by side
branches    which alternatives belong together
witness     documents that one side allows and the other refuses
instance    how they are built; scalars and texts: what of
blame       whether one difference alone is the reason
schemas     each difference decided
media       media types and their ranges; credentials: what is asked of callers
api         operations of a document; operations: theirs compared; exchanges: shown
verdicts    who is hurt by what was decided
rows        requirements compared
diff        the report; render: for people; semver: what it calls for; rules: all there are
sampling    documents at random, for tests of what is called safe
"""
