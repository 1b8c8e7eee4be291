"""Aids written as others publish them."""
