"""Acts on one kind of subject, each with the pure rule that refuses it: the command judges by it, and "Why not?" tells by it."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from orderway.kernel.outcome import Refusal

Leaves = TypeVar("Leaves")


class WhyNot(NamedTuple):
    """An act by its command, what stands in its way now (nothing: it may be done), the names of the leaves that decide, and the states in
    which its subject may be when it is done (empty: any)."""

    command: str
    refused: Sequence[Refusal]
    rests_on: Sequence[str]
    states: frozenset[str]


class Refused(NamedTuple):
    """What refusals of acts on one subject rest on as it is now, and for each act what stands in its way."""

    leaves: Any
    acts: Sequence[WhyNot]


class Judged(NamedTuple, Generic[Leaves]):
    """A rule with the names of the leaves it asks, and the states it allows."""

    judge: Callable[[Leaves], Sequence[Refusal]]
    rests_on: Sequence[str]
    states: frozenset[str]


class Acts(dict[str, Judged[Leaves]]):
    """The acts on one kind of subject by their commands; a floor above adds its own."""

    def judged(
        self,
        command: str,
        judge: Callable[[Leaves], Sequence[Refusal]],
        rests_on: Sequence[str],
        states: frozenset[str] = frozenset(),
    ) -> None:
        """Say which rule decides whether an act is refused."""
        self[command] = Judged(judge, rests_on, states)

    def told(self, leaves: Leaves) -> Refused:
        """Each act with what stands in its way, given these leaves."""
        acts = [WhyNot(name, one.judge(leaves), one.rests_on, one.states) for name, one in self.items()]
        return Refused(leaves, acts)
