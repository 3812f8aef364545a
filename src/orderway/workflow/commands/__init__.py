"""The verbs of the maps, one module a family."""

from . import proceed, publish, work

__all__ = ["proceed", "publish", "work"]
