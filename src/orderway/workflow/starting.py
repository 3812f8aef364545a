"""Reading what may be started, what was, and what its starter told those who work on it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from orderway.kernel.context import Reader
from orderway.kernel.paging import Page, page
from orderway.kernel.registry import query
from orderway.kernel.sql import statements

from .branching import BEHIND
from .drawn import Label
from .graph import Graph, Node, Work
from .naming import name_of, said, titles_of
from .published import sound_graphs

SQL = statements("workflow", "instruct")
LISTS = statements("workflow", "lists")


@dataclass(frozen=True)
class StartList:
    """Ask for the maps that can be started; there is nothing to choose."""


class Startable(NamedTuple):
    """A map with who may start it (`roles`, none: everybody) and whether the reader is one of them; `about` says what it is for,
    `steps` (id, name) are those at which one more person may be asked to agree."""

    map: str
    name: str
    subject_type: str
    about: str
    roles: Sequence[str]
    mine: bool
    steps: Sequence[tuple[str, str]]


@query("workflow.startable", StartList)
def startable(ctx: Reader, _asked: StartList) -> list[Startable]:
    """The published maps with who may start them."""
    rows = ctx.fetch(LISTS.maps)
    sound = sound_graphs(ctx, [row.digest for row in rows])
    return [_startable(ctx, row, sound[row.digest]) for row in rows if row.digest in sound]


def _startable(ctx: Reader, row: Any, graph: Graph) -> Startable:
    texts, roles = dict(graph.care.help), graph.care.starters
    return Startable(
        map=row.key,
        name=said(graph.label) or row.name,
        subject_type=row.subject_type,
        about=said(Label(texts.get("", ""), texts)),
        roles=roles,
        mine=not roles or bool(ctx.actor.roles & {*roles}),
        steps=steps_of(graph),
    )


def asks_one(node: Node) -> bool:
    """Whether one person decides here, so that one more may be asked to agree."""
    return isinstance(node.does, Work) and not (node.around and node.around.repeat)


def steps_of(graph: Graph) -> list[tuple[str, str]]:
    """The steps (id, name) at which one more person may be asked to agree, in the order of the map."""
    works = [node for node in graph.nodes.values() if asks_one(node)]
    return [(node.id, said(node.label) or node.id) for node in sorted(works, key=lambda node: graph.rank[node.id])]


@dataclass(frozen=True)
class StartedList:
    """Ask for what the reader started: of one `map` (its key), in one `state` (running, ended or stopped), or late only."""

    map: str | None = None
    state: str | None = None
    late: bool | None = None
    after: str | None = None
    size: int = 50
    sort: str = "-started"


STARTED_SORTS = {
    "started": "i.id",
    "due": "i.due_at, i.id",
    "map": "d.name, i.id desc",
    "state": "i.state desc, i.id desc",
}


class StartedRow(NamedTuple):
    """An instance: its map, what it is about, its state, where it stands now (the names of its steps), and its due date."""

    id: int
    name: str
    subject_type: str
    subject_id: int
    title: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    due_at: datetime | None
    at: Sequence[str]


@query("workflow.started", StartedList)
def started(ctx: Reader, asked: StartedList) -> Page:
    """What the reader started, the newest first, with where it stands."""
    found = page(ctx, SQL.started, STARTED_SORTS, asked, map=asked.map, state=asked.state, late=asked.late or None)
    return Page(_rows(ctx, found.rows), found.next, found.count)


def _rows(ctx: Reader, rows: Sequence[Any]) -> list[StartedRow]:
    sound = sound_graphs(ctx, {row.digest for row in rows})
    titles = titles_of(ctx, {(row.subject_type, row.subject_id) for row in rows})
    places: dict[int, list[str]] = {}
    for token in ctx.fetch(LISTS.standing, instances=[row.id for row in rows], behind=BEHIND):
        places.setdefault(token.instance_id, []).append(token.node)
    made = {"name", "title", "at"}
    return [
        StartedRow(
            name=said(sound[row.digest].label) or row.name if row.digest in sound else row.name,
            title=titles.get((row.subject_type, row.subject_id), ""),
            at=[name_of(sound[row.digest], node) for node in places.get(row.id, ())] if row.digest in sound else [],
            **{name: getattr(row, name) for name in StartedRow._fields if name not in made},
        )
        for row in rows
    ]


class Told(NamedTuple):
    """What the starter added to an instance: `said` (text, by, at), `approvers` (step, person, by, state, outcome, done_at) with the
    step's name, and its due date."""

    said: Sequence[Any]
    approvers: Sequence[Any]
    due_at: datetime | None


class Approver(NamedTuple):
    """Who has to agree at a step beside the map's role; `state` of the work item that asks them ("" while it is not asked yet)."""

    step: str
    person: str
    by: str
    state: str
    outcome: str
    done_at: datetime | None


def told_to(ctx: Reader, instance: int, graph: Graph, due_at: datetime | None) -> Told:
    """What the starter of an instance told those who work on it."""
    approvers = [
        Approver(name_of(graph, row.node), row.person, row.by, row.state, row.outcome, row.done_at)
        for row in ctx.fetch(SQL.approvers, instances=[instance])
    ]
    return Told(ctx.fetch(SQL.said, instances=[instance]), approvers, due_at)


@dataclass(frozen=True)
class OneInstance:
    """Ask for one instance by its id."""

    id: int


class InstancePage(NamedTuple):
    """An instance with what its starter added; `mine`: whether the reader may add more now; `matter` its matter, where it is one."""

    row: StartedRow
    by: str
    mine: bool
    told: Told
    steps: Sequence[tuple[str, str]]
    matter: Any


@query("workflow.instance", OneInstance)
def instance(ctx: Reader, asked: OneInstance) -> InstancePage | None:
    """One instance: what it is about, who started it, and what the starter added."""
    row = ctx.one(SQL.one, id=asked.id)
    if row is None:
        return None
    compiled: Mapping[str, Graph] = sound_graphs(ctx, [row.digest])
    if row.digest not in compiled:
        return None
    graph = compiled[row.digest]
    (shown,) = _rows(ctx, [row])
    desk: Collection[str] = {"manager", "administrator"}
    starter = row.started_by == ctx.actor.id or (row.started_by is None and bool(ctx.actor.roles & {*desk}))
    return InstancePage(
        row=shown,
        by=row.by,
        mine=row.state == "running" and starter,
        told=told_to(ctx, row.id, graph, row.due_at),
        steps=steps_of(graph),
        matter=ctx.one(SQL.matter, id=row.subject_id) if row.subject_type == "matter" else None,
    )
