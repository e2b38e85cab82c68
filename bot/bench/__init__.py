"""Measurements for `attune bench`."""
