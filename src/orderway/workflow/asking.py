"""Maps ask tables: which ones do, and what of the published maps could not run if a table gave something else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from orderway.decisions.asking import Use, asks
from orderway.decisions.published import Offered
from orderway.kernel.context import Reader
from orderway.kernel.registry import query
from orderway.kernel.sql import statements

from .compile import Asked, compile_map
from .drawn import Process
from .naming import said
from .problems import ERROR
from .published import drawings, known, sound_graphs, tables_asked, tables_of

SQL = statements("workflow", "maps")
LISTS = statements("workflow", "lists")


@asks
def broken_maps(ctx: Reader, planned: Mapping[str, Offered]) -> list[Use]:
    """The maps that run (the latest version of each, and those that instances go by) and would not compile with tables as planned,
    each once a table that it asks. What does not compile now is nobody's hindrance."""
    found = ctx.fetch(SQL.in_use)
    drawn = drawings(ctx, {row.digest for row in found})
    rows = [row for row in found if tables_asked(drawn[row.digest]) & planned.keys()]
    sound = sound_graphs(ctx, {row.digest for row in rows}) if rows else {}
    if not sound:
        return []
    now = {key: one for key, one in tables_of(ctx).items() if key not in planned}
    then = {key: Asked({}, one.outputs, one.subject_type) for key, one in planned.items() if one.outputs}
    offers = known({row.key for row in found}, now | then)
    uses = []
    for row in rows:
        compiled = compile_map(drawn[row.digest], offers)
        if row.digest not in sound or compiled.graph is not None:
            continue
        wrong = [one.name or one.element for one in compiled.problems if one.level == ERROR]
        for table in sorted(tables_asked(drawn[row.digest]) & planned.keys()):
            asking = _steps(drawn[row.digest], table)
            name = said(sound[row.digest].label) or row.key
            uses.append(Use(table, f"{name} {row.number}", list(dict.fromkeys([*asking, *wrong]))))
    return uses


def _steps(drawn: Sequence[Process], table: str) -> list[str]:
    """What the elements that ask a table are called."""
    elements = [one for process in drawn for one in process.elements]
    return [said(one.label) or one.id for one in elements if table in (one.decision, one.assignment)]


@dataclass(frozen=True)
class AskingMaps:
    """Ask for the maps that ask a table, by its key."""

    table: str


class AskingMap(NamedTuple):
    """A published map whose latest version asks a table: its key, name and number, and the steps that ask."""

    key: str
    name: str
    number: int
    steps: Sequence[str]


@query("workflow.asking", AskingMaps)
def asking_maps(ctx: Reader, asked: AskingMaps) -> list[AskingMap]:
    """The maps that ask a table: which way something goes, or to whom."""
    heads = ctx.fetch(LISTS.maps)
    drawn = drawings(ctx, {row.digest for row in heads})
    return [
        AskingMap(row.key, _called(row, drawn[row.digest]), row.number, steps)
        for row in heads
        if (steps := list(dict.fromkeys(_steps(drawn[row.digest], asked.table))))
    ]


def _called(row: Any, drawn: Sequence[Process]) -> str:
    """What a map is called in the reader's language."""
    labels = [said(process.label) for process in drawn if process.id == row.key]
    return next(iter(labels), "") or str(row.name)
