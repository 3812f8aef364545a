"""The verbs of an order, one module a family."""

from . import comment, copy, deliver, place, prioritise, proceed, send, verify

__all__ = ["comment", "copy", "deliver", "place", "prioritise", "proceed", "send", "verify"]
