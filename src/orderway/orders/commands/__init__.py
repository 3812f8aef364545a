"""The verbs of an order, one module a family."""

from . import copy, deliver, place, proceed, send, verify

__all__ = ["copy", "deliver", "place", "proceed", "send", "verify"]
