"""The verbs of the door, one module a family."""

from . import archive, order, read, report, settle, stopped, take_in

__all__ = ["archive", "order", "read", "report", "settle", "stopped", "take_in"]
