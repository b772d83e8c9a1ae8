"""Collect: from a name in the roster to an archived page."""
