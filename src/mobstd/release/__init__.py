"""What a maintainer hands out.

parcel      a version as plain files, for operators in other languages
downgrade   OpenAPI 3.1 as 3.0
typescript  types of an OpenAPI document
"""
