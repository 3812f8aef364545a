"""The verbs of an order, one module a family."""

from . import place, proceed

__all__ = ["place", "proceed"]
