"""The verbs of an order, one module a family."""

from . import deliver, place, proceed

__all__ = ["deliver", "place", "proceed"]
