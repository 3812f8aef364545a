"""Reading live maps and where a subject is; work lists are in waiting.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from orderway.kernel.context import Reader
from orderway.kernel.registry import query
from orderway.kernel.sql import statements

from . import asking, behind, compliance, drawing, earlier, refusing, standing, starting, waiting
from .branching import BEHIND
from .graph import Graph, Work
from .mining import own, past
from .mining.past import seconds
from .mining.turns import MEETS
from .naming import name_of, said
from .published import graphs, sound_graphs
from .trying import queries as trying

__all__ = [
    "asking",
    "behind",
    "compliance",
    "drawing",
    "earlier",
    "own",
    "past",
    "refusing",
    "standing",
    "starting",
    "trying",
    "waiting",
]

SQL = statements("workflow", "lists")
MAPS = statements("workflow", "maps")


@dataclass(frozen=True)
class MapList:
    """Ask for the published maps; there is nothing to choose."""


@query("workflow.maps", MapList)
def maps(ctx: Reader, asked: MapList) -> list[Any]:
    """The published maps with their latest version and how many subjects are on their way."""
    rows = ctx.fetch(SQL.maps)
    sound = sound_graphs(ctx, [row.digest for row in rows])
    return [
        row._replace(name=said(sound[row.digest].label) or row.name) if row.digest in sound else row for row in rows
    ]


@dataclass(frozen=True)
class LiveMap:
    """Ask for a map by its key, live: `version` is its number, the latest unless said."""

    map: str
    version: int | None = None


class Place(NamedTuple):
    """What stands at a node now: how many, since when the oldest, how many late, stuck, and held by somebody; how long they have
    waited together, and half of them at least. Label in the reader's language; `department` is the key of the node's, `meets`
    whether ways only meet here, so that it waits for others."""

    node: str
    name: str
    standing: int
    oldest: datetime
    late: int
    stuck: int
    held: int
    waited: timedelta
    median: timedelta
    department: str
    meets: bool


class Live(NamedTuple):
    """A map with its drawing and the places where something stands, all its versions counted together."""

    map: str
    name: str
    version: int
    xml: str
    places: Sequence[Place]
    labels: Mapping[str, str]


@query("workflow.live", LiveMap)
def live(ctx: Reader, asked: LiveMap) -> Live | None:
    """The drawing of a map with the live counts of every node."""
    head = ctx.one(SQL.drawing, map=asked.map, version=asked.version)
    if head is None:
        return None
    graph = graphs(ctx, [head.digest])[head.digest]
    places = [_place(graph, row) for row in ctx.fetch(SQL.counts, definition=head.definition_id, behind=BEHIND)]
    return Live(head.key, said(graph.label) or head.name, head.number, head.xml, places, _labels(graph))


def _place(graph: Graph, row: Any) -> Place:
    lengths = {"waited": seconds(row.waited), "median": seconds(row.median)}
    node = graph.nodes.get(row.node)
    return Place(
        **{**row._asdict(), **lengths},
        name=name_of(graph, row.node),
        department=node.department if node else "",
        meets=node is not None and isinstance(node.does, MEETS),
    )


def _labels(graph: Graph) -> Mapping[str, str]:
    """Every label of the drawing by element id in the reader's language."""
    labels = {node.id: said(node.label) for node in graph.nodes.values()}
    labels |= {way.flow: said(way.label) for node in graph.nodes.values() for way in node.ways}
    return {id: label for id, label in labels.items() if label}


@dataclass(frozen=True)
class SubjectPosition:
    """Ask where a subject is and has been."""

    subject_type: str
    subject: int


@dataclass(frozen=True)
class MapWords:
    """Ask what maps (their keys), their steps and outcomes are called."""

    maps: Sequence[str]


class Words(NamedTuple):
    """A map's name, its steps' names by node, and its outcomes' by node and outcome, in the reader's language."""

    name: str
    steps: Mapping[str, str]
    outcomes: Mapping[tuple[str, str], str]


@query("workflow.words", MapWords)
def words(ctx: Reader, asked: MapWords) -> Mapping[str, Words]:
    """By key what the latest version of each map calls its parts; maps that are not known are left out."""
    rows = ctx.fetch(MAPS.latest, keys=sorted(set(asked.maps)))
    sound = sound_graphs(ctx, {row.digest for row in rows})
    return {row.key: _words(sound[row.digest]) for row in rows if row.digest in sound}


def _words(graph: Graph) -> Words:
    steps = {node.id: said(node.label) for node in graph.nodes.values()}
    works = [(node.id, node.does) for node in graph.nodes.values() if isinstance(node.does, Work)]
    outcomes = {(id, one.name): said(one.label) for id, work in works for one in work.outcomes}
    return Words(said(graph.label), steps, outcomes)


class Position(NamedTuple):
    """One instance of a subject: its drawing, where it stands (node, state, since, code), the flows it took with their times."""

    instance: int
    map: str
    name: str
    version: int
    state: str
    started_at: datetime
    ended_at: datetime | None
    xml: str
    at: Sequence[tuple[str, str, datetime, str]]
    path: Sequence[tuple[str, datetime]]
    labels: Mapping[str, str]


@query("workflow.position", SubjectPosition)
def position(ctx: Reader, asked: SubjectPosition) -> list[Position]:
    """Where a subject is on its maps, those that run first, then the one it came by first; with the way it took."""
    rows = ctx.fetch(SQL.instances, subject_type=asked.subject_type, subject=asked.subject)
    tokens: dict[int, list[tuple[str, str, datetime, str]]] = {row.id: [] for row in rows}
    for token in ctx.fetch(SQL.standing, instances=list(tokens), behind=BEHIND):
        tokens[token.instance_id].append((token.node, token.state, token.entered_at, token.reason_code))
    compiled = graphs(ctx, {row.digest for row in rows})
    return [
        Position(
            instance=row.id,
            map=row.key,
            name=said(compiled[row.digest].label) or row.name,
            version=row.number,
            state=row.state,
            started_at=row.started_at,
            ended_at=row.ended_at,
            xml=row.xml,
            at=tokens[row.id],
            path=list(zip(row.path, row.path_at, strict=True)),
            labels=_labels(compiled[row.digest]),
        )
        for row in rows
    ]


@query("workflow.history", SubjectPosition)
def history(ctx: Reader, asked: SubjectPosition) -> list[Any]:
    """Every work item a subject ever had, oldest first: who decided what, when and why."""
    return ctx.fetch(SQL.history, subject_type=asked.subject_type, subject=asked.subject)
