"""FEEL, the expression language of DMN: read once, compiled to Python closures, and to SQL where it is total over typed columns.

Pure: no input, no output, no clock. Source: OMG DMN 1.5 (formal/24-01-01), chapter 10.
"""

from .compiling import Compiled, Compiler, Scope, Test
from .kinds import Kind
from .reading import read, read_tests
from .scanning import FeelError
from .values import DateTime, Function, Value

__all__ = [
    "Compiled",
    "Compiler",
    "FeelError",
    "Kind",
    "Scope",
    "Test",
    "Value",
    "clock",
    "evaluate",
    "read",
    "read_tests",
]


def clock(now: DateTime) -> Scope:
    """The names that tell the time, to be laid over the names in scope: without them `now()` and `today()` are null."""
    return {"now": Function((), lambda _: now), "today": Function((), lambda _: now.date)}


def evaluate(text: str, values: Scope | None = None) -> Value:
    """What an expression comes to over values by name; raises FeelError when the text is no expression."""
    scope = values or {}
    members = {key for value in scope.values() if isinstance(value, dict) for key in value}
    return Compiler().compile(read(text, scope, members))(dict(scope))
