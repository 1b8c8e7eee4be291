"""Aids read from what others publish."""
