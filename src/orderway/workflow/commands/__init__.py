"""The verbs of the maps, one module a family."""

from . import draft, proceed, publish, work

__all__ = ["draft", "proceed", "publish", "work"]
