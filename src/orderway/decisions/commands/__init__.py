"""The verbs of decision tables, one module a family."""

from . import decide, draft, publish
from .decide import DecideOn
from .publish import PublishTable

__all__ = ["DecideOn", "PublishTable", "decide", "draft", "publish"]
