"""The verbs of an order, one module a family."""

from . import comment, copy, deliver, place, proceed, send, verify

__all__ = ["comment", "copy", "deliver", "place", "proceed", "send", "verify"]
