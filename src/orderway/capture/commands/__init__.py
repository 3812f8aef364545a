"""The verbs of the door, one module a family."""

from . import archive, order, read, settle, stopped, take_in

__all__ = ["archive", "order", "read", "settle", "stopped", "take_in"]
