"""What came before a work item: who did which step of its map, with which outcome, and what they filled in."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from orderway.kernel.context import Reader
from orderway.kernel.registry import query
from orderway.kernel.sql import statements

from .facts import read_facts
from .graph import Graph, Work
from .naming import name_of, said
from .published import sound_graphs
from .waiting import FormField, as_filled

SQL = statements("workflow", "lists")


@dataclass(frozen=True)
class EarlierList:
    """Ask for what came before a work item (its id), or for all that was done under an instance."""

    item: int | None = None
    instance: int | None = None


class Earlier(NamedTuple):
    """A step that was done: who did it (`whom`: for whom, "" for themselves) and when, its outcome and the fields that were filled
    in, in the reader's language."""

    id: int
    step: str
    who: str
    whom: str
    at: datetime
    outcome: str
    sends_back: bool
    reason: str
    fields: Sequence[FormField]


class WayHere(NamedTuple):
    """What a matter is about, as whoever opened it wrote it ("" for other subjects), and the steps before, the latest first."""

    about: str
    opened_by: str
    steps: Sequence[Earlier]


@query("workflow.earlier", EarlierList)
def earlier(ctx: Reader, asked: EarlierList) -> WayHere:
    """What came before a work item, on its own map and on those around it; the fifty latest steps."""
    rows = ctx.fetch(SQL.earlier, item=asked.item, instance=asked.instance)
    steps = [row for row in rows if row.at is not None]
    sound = sound_graphs(ctx, {row.digest for row in steps})
    matters = {row.subject_id for row in rows if row.subject_type == "matter"}
    written = read_facts(ctx, "matter", matters, ["about", "opened_by"]) if matters else {}
    ((about, by),) = [(str(one["about"]), str(one["opened_by"])) for one in written.values()] or [("", "")]
    return WayHere(about, by, [_step(row, sound[row.digest]) for row in steps if row.digest in sound])


def _step(row: Any, graph: Graph) -> Earlier:
    found = graph.nodes.get(row.node)
    does = found.does if found and isinstance(found.does, Work) and not row.extra else None
    values = json.loads(row.filled)
    outcomes = {one.name: said(one.label) for one in does.outcomes} if does else {}
    return Earlier(
        id=row.id,
        step=name_of(graph, row.node),
        who=row.who,
        whom=row.whom,
        at=row.at,
        outcome=outcomes.get(row.outcome, ""),
        sends_back=row.sends_back,
        reason=row.reason,
        fields=[as_filled(one, values) for one in does.fields if values.get(one.name) is not None] if does else [],
    )
