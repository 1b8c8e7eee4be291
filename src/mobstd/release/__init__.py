"""What a maintainer hands out.

parcel      a version as plain files, for operators in other languages
downgrade   OpenAPI 3.1 as 3.0
typescript  types of an OpenAPI document
lint        rules over standards, and over anybody's schemas
diff        who is hurt by a change, and what shows it
impact      who would break, from what was recorded
edition     a draft becomes a version: approved, frozen, signed, verified
adoption    a group's standard in its own place and layout
sentences   what rows were read from, by place and hash
ballot      an open question as a page to vote on
comment     what a change means, on its merge request
revision    what stood at a revision of a Git repository
markdown    texts of others in Markdown, as what they are
starter     a new standard, as a folder of data
explanation what an id of these tools means
"""
