"""What a maintainer hands out.

parcel      a version as plain files, for operators in other languages
downgrade   OpenAPI 3.1 as 3.0
typescript  types of an OpenAPI document
lint        rules over standards, and over anybody's schemas
edition     a draft becomes a version: frozen, signed, verified
starter     a new standard, as a folder of data
explanation what an id of these tools means
"""
