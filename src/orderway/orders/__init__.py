"""Promises to customers."""
