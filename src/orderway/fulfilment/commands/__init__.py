"""The verbs of fulfilment, one module a family."""

from . import pack, pick, rest, ship, take_back

__all__ = ["pack", "pick", "rest", "ship", "take_back"]
