"""What a command answers: what was done, and what was refused and why. Refusals are values; exceptions are bugs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one row was not done.

    A stable `code`, the `subject` (row id, or the index of a new row), and the facts that tell a person what to do.
    """

    code: str
    subject: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "subject": self.subject, "facts": dict(self.facts)}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to a set: `done` holds the ids written, in the order of the input; `values` what to know of them."""

    done: Sequence[int] = ()
    refused: Sequence[Refusal] = ()
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.refused

    def as_json(self) -> dict[str, Any]:
        return {"done": list(self.done), "refused": [r.as_json() for r in self.refused], "values": dict(self.values)}


def outcome_from_json(stored: Mapping[str, Any]) -> Outcome:
    """The outcome that `as_json` stored, for an answer given again under the same key."""
    refused = tuple(Refusal(r["code"], r["subject"], r["facts"]) for r in stored["refused"])
    return Outcome(tuple(stored["done"]), refused, stored["values"])
