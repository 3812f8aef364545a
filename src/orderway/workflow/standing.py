"""Who waits on whom, and since when: everything that stands on maps, whether a person, a date or something outside holds it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from orderway.kernel.context import Reader
from orderway.kernel.paging import Page, page
from orderway.kernel.registry import query
from orderway.kernel.sql import statements

from .branching import BEHIND
from .graph import Call, Graph, Hear, Pause, Wait, Within, Work
from .naming import name_of, said, titles_of
from .published import sound_graphs

SQL = statements("workflow", "lists")
DUE = "coalesce(w.due_at, m.due_at)"
SORTS = {"since": "t.entered_at, t.id", "due": f"{DUE}, t.id"}


@dataclass(frozen=True)
class WaitingOn:
    """Ask what stands on maps: on one map (its key), at one node of it, or one subject wherever it stands. What stands in a
    sub-process is told there, and at the step around it only when that one is asked for; what stands on a called map is told there
    when no map is named."""

    map: str | None = None
    node: str | None = None
    subject_type: str | None = None
    subject: int | None = None
    sort: str = "since"
    after: str | None = None
    size: int = 50


class Waiting(NamedTuple):
    """A subject that stands at a node since a moment. `on` says what it waits on: a person (`whom` by name), a department or a role
    (`whom`), an event, a time (`due_at`), a map (`whom` by name, `called` its key), inside (what stands in it), ways (the others), or
    nothing (`stuck`, `code` says why). `item` is the work item, where there is one that the reader may see."""

    id: int
    map: str
    node: str
    name: str
    subject_type: str
    subject_id: int
    title: str
    on: str
    whom: str
    since: datetime
    due_at: datetime | None
    late: bool
    code: str
    called: str
    item: int | None


@query("workflow.waiting_on", WaitingOn)
def waiting_on(ctx: Reader, asked: WaitingOn) -> Page:
    """What stands on maps and on whom it waits, the longest first."""
    given = {name: getattr(asked, name) for name in ("map", "subject_type", "subject")}
    given |= {"behind": BEHIND, "nodes": [asked.node, asked.node + BEHIND] if asked.node else None}
    inside = {"innermost": not asked.node or None, "anywhere": not (asked.node or asked.map) or None}
    found = page(ctx, SQL.waiting_on, SORTS, asked, **given, **inside)
    compiled = sound_graphs(ctx, {row.digest for row in found.rows})
    titles = titles_of(ctx, {(row.subject_type, row.subject_id) for row in found.rows})
    held = [_held_by(compiled.get(row.digest), row) for row in found.rows]
    names = _map_names(ctx) if any(on == "map" for on, _ in held) else {}
    rows = []
    for row, (on, whom) in zip(found.rows, held, strict=True):
        rows.append(
            Waiting(
                id=row.id,
                map=row.map,
                node=row.node,
                name=name_of(compiled[row.digest], row.node) if row.digest in compiled else row.node,
                subject_type=row.subject_type,
                subject_id=row.subject_id,
                title=titles.get((row.subject_type, row.subject_id), ""),
                on=on,
                whom=names.get(whom, whom) if on == "map" else whom,
                since=row.entered_at,
                due_at=row.due_at,
                late=row.late,
                code=row.reason_code if row.state == "stuck" else "",
                called=whom if on == "map" else "",
                item=row.item,
            )
        )
    return Page(rows, found.next, found.count)


def _map_names(ctx: Reader) -> Mapping[str, str]:
    """What the maps are called in the reader's language, by key."""
    rows = ctx.fetch(SQL.maps)
    compiled = sound_graphs(ctx, {row.digest for row in rows})
    return {row.key: (said(compiled[row.digest].label) if row.digest in compiled else "") or row.name for row in rows}


def _held_by(graph: Graph | None, row: Any) -> tuple[str, str]:
    """What a token waits on, and whom."""
    node = graph.nodes.get(row.node) if graph else None
    if row.state == "stuck" or node is None:
        return "stuck", ""
    match node.does:
        case Work(role=role):
            if row.assignee:
                return "person", row.assignee
            return ("department", row.department) if row.department else ("role", role)
        case Wait() | Hear():
            return "event", ""
        case Pause():
            return "time", ""
        case Call(map=called):
            return "map", called
        case Within():
            return "inside", ""
    return "ways", ""
