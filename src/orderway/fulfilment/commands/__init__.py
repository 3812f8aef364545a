"""The verbs of fulfilment, one module a family."""

from . import booking, carriers, pack, pick, rest, ship, take_back

__all__ = ["booking", "carriers", "pack", "pick", "rest", "ship", "take_back"]
