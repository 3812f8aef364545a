"""What trade packages tell rules and maps about their subjects: typed columns that tables, conditions and work lists may use."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any

from orderway.feel.typed import FactType
from orderway.kernel.context import Reader
from orderway.kernel.sql import Statement, fetch

Value = Any


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of one kind of subject. `statement` answers a row of `id` and one column a name for `%(ids)s::bigint[]`.

    `kept` names the facts that are a column of the subject's own row, with that column: what they were at a past moment stands in
    the events of the subject."""

    statement: Statement
    types: Mapping[str, FactType]
    kept: Mapping[str, str] = field(default_factory=dict)


registered: dict[str, list[Facts]] = {}
NOTHING_KEPT: Mapping[str, str] = MappingProxyType({})


def facts(
    subject: str, statement: Statement, types: Mapping[str, FactType], kept: Mapping[str, str] = NOTHING_KEPT
) -> None:
    """Register facts of `subject`, once where their tables are; several packages may each add theirs.

    `kept` says which of them are columns of the subject's own row. `title`, a string, is what work lists call the
    subject. Raises ValueError for a name that is registered already.
    """
    if twice := types.keys() & types_of(subject).keys():
        raise ValueError(f"facts of {subject} registered twice: {sorted(twice)}")
    registered.setdefault(subject, []).append(Facts(statement, types, kept))


def types_of(subject: str) -> Mapping[str, FactType]:
    """All facts of a kind of subject with their types."""
    return {name: kind for one in registered.get(subject, ()) for name, kind in one.types.items()}


def kept_of(subject: str) -> Mapping[str, str]:
    """The facts of a kind of subject that are columns of its own row, with their columns."""
    return {name: column for one in registered.get(subject, ()) for name, column in one.kept.items()}


def read_facts(
    ctx: Reader, subject: str, ids: Collection[int], names: Collection[str]
) -> Mapping[int, Mapping[str, Value]]:
    """The named facts of subjects by id, as they are now: one statement a package asked, none when there is nothing to ask."""
    found: dict[int, dict[str, Value]] = {id: dict.fromkeys(names) for id in ids}
    for one in registered.get(subject, ()) if ids else ():
        chosen = tuple(sorted(one.types.keys() & set(names)))
        if chosen:
            rows: Sequence[Sequence[Any]] = fetch(
                _narrowed(one.statement, chosen), ctx.values({"ids": sorted(ids)}), ctx.database
            )
            for row in rows:
                found[row[0]].update(zip(chosen, row[1:], strict=True))
    return found


@cache
def _narrowed(statement: Statement, names: tuple[str, ...]) -> str:
    # a join or a sum behind a column nobody asked for is left out by the planner
    columns = ", ".join(f"f.{name}" for name in names)
    return f"select f.id, {columns} from ({statement.text(frozenset())}) as f"  # noqa: S608 - names of registered facts
