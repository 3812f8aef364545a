"""Readers: pure functions from bytes to a draft order, one module a format."""
