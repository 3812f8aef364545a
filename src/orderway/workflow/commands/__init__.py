"""The verbs of the maps, one module a family."""

from . import draft, later, links, move_over, notices, proceed, publish, questions, work

__all__ = ["draft", "later", "links", "move_over", "notices", "proceed", "publish", "questions", "work"]
