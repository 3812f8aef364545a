"""What a command or query holds in its hands: who acts, when, and the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from orderway.wire import Sent

from . import events
from .access import Actor
from .outcome import Outcome, Refusal
from .registry import commands
from .sql import Statement, send


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads rows as an actor. `within` is true inside a command: the company's rows, with no role filter."""

    actor: Actor
    at: datetime
    within_command: bool = False
    database: str = "default"

    def fetch(self, statement: Statement, sort: str = "", /, **parameters: Any) -> list[Any]:
        """The rows of a statement as named tuples; the actor's values and `now` are at hand in every statement."""
        return self.send(statement, sort, **parameters).rows

    def send(self, statement: Statement, sort: str = "", /, **parameters: Any) -> Sent:
        """The same, to look at its rows later: until then it travels with others."""
        given = frozenset(word for word in statement.words if parameters.get(word) is not None)
        return send(statement.text(given, sort), self.values(parameters), self.database)

    def one(self, statement: Statement, /, **parameters: Any) -> Any:
        """The only row of a statement, or None."""
        return next(iter(self.fetch(statement, **parameters)), None)

    def values(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        return {**self.actor.parameters(), "now": self.at, "within": self.within_command, **parameters}


@dataclass(frozen=True, slots=True)
class Context(Reader):
    """A command at work. `causes` maps a root id to the event that set the command in motion."""

    command: str = ""
    opened: Sent | None = None
    partial: bool = False
    dry: bool = False
    causes: Mapping[int, int] = field(default_factory=dict)
    depth: int = 0

    @property
    def command_id(self) -> int:
        """The number of the command, by which its events are found and taken back."""
        return int(self.opened.rows[0].command_id) if self.opened else 0

    def halts(self, refused: Sequence[Refusal]) -> bool:
        """Whether the command must stop here: something was refused and the caller asked for all or nothing."""
        return bool(refused) and not self.partial

    def within(self) -> "Context":
        """The same person for the record, rows of the same company, no role filter: for calls downward."""
        return replace(self, within_command=True)

    def run(self, name: str, rows: Sequence[Any], partial: bool = False) -> Outcome:
        """Another command by name in the same transaction: the way sideways, and the way of process steps."""
        if not rows:
            return Outcome()
        inner = replace(self, within_command=True, command=name, partial=partial)
        return commands[name].work(inner, rows)

    def record(self, event: str, subject: str, facts: Sequence[events.Fact]) -> None:
        """Record what changed: one event a fact, with a pending row for each reaction that listens, in one statement."""
        events.record(self, event, subject, facts)

    def record_new(self, event: str, subject: str, ids: Sequence[int]) -> None:
        """Record that rows of `subject` came to be, with their parts, whole."""
        events.record_new(self, event, subject, ids)
