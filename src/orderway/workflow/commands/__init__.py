"""The verbs of the maps, one module a family."""

from . import draft, instruct, later, links, move_over, notices, proceed, publish, questions, start, work

__all__ = [
    "draft", "instruct", "later", "links", "move_over", "notices", "proceed", "publish", "questions", "start", "work",
]  # fmt: skip
