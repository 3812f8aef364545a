"""What exists: every command, query, reaction and subject by name. API, CLI, forms and the designer's picker derive from here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from .access import ROLES
from .outcome import Outcome, Refusal

if TYPE_CHECKING:
    from .context import Context, Reader

Work = Callable[["Context", Sequence[Any]], Outcome]
Read = Callable[["Reader", Any], Any]
Reversible = bool | Callable[["Context", Sequence[Any]], object]
EVERYONE = frozenset(ROLES)


@dataclass(frozen=True)
class Ref:
    """The plainest row: one thing by its id."""

    id: int


class Named:
    """What a verb is for stands with the function that does it."""

    work: Any

    @property
    def purpose(self) -> str:
        """The first line of the docstring."""
        return (self.work.__doc__ or "").strip().split("\n")[0]


@dataclass(frozen=True)
class Command(Named):
    """A named write on a set. `row` is the one schema of an input row; `reversible` lets undo restore the columns it wrote; a function
    first locks, of these changes ({"table", "id", "old", "new"}), what stands above them in the order of locks."""

    name: str
    work: Work
    row: type
    roles: frozenset[str]
    reversible: Reversible

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(list[self.row])  # type: ignore[name-defined]

    def read(self, raw: Sequence[Mapping[str, Any]]) -> tuple[Sequence[Any], Sequence[Refusal]]:
        """Rows from outside (JSON, form, sheet), or one refusal per field that does not fit, naming row and field."""
        try:
            return self.adapter.validate_python(list(raw)), ()
        except ValidationError as error:
            return (), tuple(_misfit(e["loc"], e["msg"]) for e in error.errors(include_url=False))


def _misfit(place: tuple[int | str, ...], message: str) -> Refusal:
    return Refusal("invalid", int(place[0]), {"field": ".".join(map(str, place[1:])), "reason": message})


@dataclass(frozen=True)
class Query(Named):
    """A named read: `parameters` is a dataclass of what may be asked."""

    name: str
    work: Read
    parameters: type
    roles: frozenset[str]

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.parameters)


@dataclass(frozen=True)
class Subject:
    """A kind of thing that events are about: its table, the column that names its root, and the tables of its parts (table -> column)."""

    name: str
    table: str
    root: str = ""
    root_column: str = "id"
    parts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reaction:
    """When `event` happened, `command` runs later on the set of its subjects (or roots). Declared in the higher package."""

    name: str
    event: str
    command: str
    of_root: bool


commands: dict[str, Command] = {}
queries: dict[str, Query] = {}
subjects: dict[str, Subject] = {}
reactions: dict[str, Reaction] = {}
listeners: dict[str, list[str]] = {}


def command(
    name: str, row: type = Ref, roles: Sequence[str] = (), reversible: Reversible = False
) -> Callable[[Work], Work]:
    """Register a command under `package.verb`; no `roles` means that only reactions and process steps call it.
    The outcome of a `reversible` one tells by which number undo takes it back: `values["undo"]`, its `ctx.command_id`."""
    _known(name, roles)

    def register(work: Work) -> Work:
        commands[name] = Command(name, work, row, frozenset(roles), reversible)
        return work

    return register


def query(name: str, parameters: type, roles: Sequence[str] | frozenset[str] = EVERYONE) -> Callable[[Read], Read]:
    """Register a query under `package.noun`."""
    _known(name, roles)

    def register(work: Read) -> Read:
        queries[name] = Query(name, work, parameters, frozenset(roles))
        return work

    return register


def _known(name: str, roles: Sequence[str] | frozenset[str]) -> None:
    if name in commands or name in queries:
        raise ValueError(f"{name} is registered twice")
    if unknown := set(roles) - EVERYONE:
        raise ValueError(f"{name}: unknown roles {sorted(unknown)}")


def subject(name: str, table: str, root: str = "", root_column: str = "id", **parts: str) -> None:
    """Say which table holds the subject `name`; its events stand on the page of `root` (itself unless said)."""
    subjects[name] = Subject(name, table, root or name, root_column, parts)


def react(event: str, command: str, of_root: bool = False) -> None:
    """Let `command` (whose row is `Ref`) run after `event` on the set of its subjects, or of their roots."""
    name = f"{event}>{command}"
    reactions[name] = Reaction(name, event, command, of_root)
    listeners.setdefault(event, []).append(name)
