"""The verbs of the door, one module a family."""

from . import order, read, settle, take_in

__all__ = ["order", "read", "settle", "take_in"]
