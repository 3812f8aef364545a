"""Heat on a map: how long what stands (or stood) at each node waited, as one of five colours with the lengths they mean."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from .fields import span

LEVELS = 5


def levels(waited: Mapping[str, timedelta]) -> dict[str, int]:
    """A colour from 1 to 5 for every node that waited at all: how much of the longest it is, in fifths."""
    most = max(waited.values(), default=timedelta())
    return {node: -int(-LEVELS * length // most) for node, length in waited.items() if length} if most else {}


def legend(waited: Mapping[str, timedelta]) -> list[dict[str, Any]]:
    """What each colour means: the length of time it goes up to."""
    most = max(waited.values(), default=timedelta())
    return [{"level": n, "label": span(most * n / LEVELS)} for n in range(1, LEVELS + 1)] if most else []
