"""What a business rule task asks: a named function on a set, registered by whoever decides. Maps know only its name."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orderway.kernel.context import Context

from .conditions import FactType, Value

Decide = Callable[[Context, Sequence[Mapping[str, Value]]], Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision over named `inputs` with named `outputs`. `decide(ctx, rows)` gets one row of values a token (also `subject`,
    its id) and answers one row of outputs each, in the same order, by a constant number of statements."""

    inputs: Mapping[str, FactType]
    outputs: Mapping[str, FactType]
    decide: Decide


registered: dict[str, Decision] = {}


def decision(name: str, inputs: Mapping[str, FactType], outputs: Mapping[str, FactType], decide: Decide) -> None:
    """Register a decision under a name of its own. Raises ValueError when the name is taken."""
    if name in registered:
        raise ValueError(f"decision {name} registered twice")
    registered[name] = Decision(inputs, outputs, decide)
