"""Understand: text in, labels out; pure."""
