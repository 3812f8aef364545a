"""The verbs of the maps, one module a family."""

from .. import asking
from . import draft, instruct, later, links, move_over, notices, proceed, publish, questions, start, work

__all__ = [
    "asking", "draft", "instruct", "later", "links", "move_over", "notices", "proceed", "publish", "questions", "start", "work",
]  # fmt: skip
