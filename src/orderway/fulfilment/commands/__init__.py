"""The verbs of fulfilment, one module a family."""

from . import pack, pick, ship, take_back

__all__ = ["pack", "pick", "ship", "take_back"]
