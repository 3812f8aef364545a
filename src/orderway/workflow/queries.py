"""Reading work lists, work items, live maps and where a subject is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import get_language

from orderway.kernel.context import Reader
from orderway.kernel.paging import Page, page
from orderway.kernel.registry import query
from orderway.kernel.sql import statements

from . import drawing, facts  # noqa: F401 - drawing holds the queries of the designer
from .bpmn import Label
from .graph import Graph, Node, Work
from .published import graphs, sound_graphs
from .rules import PLAIN_OUTCOME

SQL = statements("workflow", "lists")
SORTS = {"due": "w.due_at, w.id", "newest": "w.id desc", "oldest": "w.id"}
WHICH: Mapping[str, Mapping[str, bool]] = {
    "mine": {"mine": True},  # assigned to me
    "free": {"free": True},  # nobody's yet, of my roles
    "waiting": {"waiting": True},  # both of them: what waits for me
    "all": {},  # with what colleagues hold
}


@dataclass(frozen=True)
class WorkList:
    """Ask for open work: `which` is waiting (mine and nobody's), mine, free or all; of one department, map, node or subject."""

    which: str = "waiting"
    department: str | None = None
    map: str | None = None
    node: str | None = None
    subject_type: str | None = None
    subject: int | None = None
    late: bool | None = None
    sort: str = "due"
    after: str | None = None
    size: int = 50


class WorkRow(NamedTuple):
    """A work item in a list. `title` is what its subject is called, `why` the reason it came (back), `why_by` who gave it."""

    id: int
    name: str
    map: str
    node: str
    subject_type: str
    subject_id: int
    title: str
    role: str
    department: str
    assignee_id: int | None
    assignee: str
    opened_at: datetime
    due_at: datetime | None
    late: bool
    why: str
    why_code: str
    why_by: str


@query("workflow.work", WorkList)
def work(ctx: Reader, asked: WorkList) -> Page:
    """Open work items, the most urgent first."""
    chosen = WHICH.get(asked.which, WHICH["waiting"])
    found = page(
        ctx,
        SQL.work,
        SORTS,
        asked,
        mine=chosen.get("mine"),
        free=chosen.get("free"),
        waiting=chosen.get("waiting"),
        department=asked.department,
        map=asked.map,
        node=asked.node,
        subject_type=asked.subject_type,
        subject=asked.subject,
        late=asked.late or None,
    )
    return Page(_rows(ctx, found.rows), found.next, found.count)


def _rows(ctx: Reader, rows: Sequence[Any]) -> list[WorkRow]:
    compiled = sound_graphs(ctx, {row.digest for row in rows})
    titles = titles_of(ctx, {(row.subject_type, row.subject_id) for row in rows})
    return [
        WorkRow(
            name=_name(compiled[row.digest], row.node) if row.digest in compiled else row.node,
            title=titles.get((row.subject_type, row.subject_id), ""),
            late=row.due_at is not None and row.due_at < ctx.at,
            **{name: getattr(row, name) for name in WorkRow._fields if name not in ("name", "title", "late")},
        )
        for row in rows
    ]


def titles_of(ctx: Reader, subjects: set[tuple[str, int]]) -> Mapping[tuple[str, int], str]:
    """What subjects (kind, id) are called, where their trade registered a fact `title`; one statement a kind."""
    titles: dict[tuple[str, int], str] = {}
    for kind in sorted({kind for kind, _ in subjects}):
        ids = [id for one, id in subjects if one == kind]
        found = facts.read_facts(ctx, kind, ids, ["title"])
        titles |= {(kind, id): str(row["title"] or "") for id, row in found.items()}
    return titles


def _said(label: Label) -> str:
    return label.in_language(get_language() or "en")


@dataclass(frozen=True)
class OneWorkItem:
    """Ask for one work item by its id."""

    id: int


class FormField(NamedTuple):
    """A field of the form with what stands in it: the item's own value, else what was filled in before."""

    name: str
    type: str
    label: str
    required: bool
    unit: str
    choices: Sequence[tuple[str, str]]
    value: Any


class WorkForm(NamedTuple):
    """One work item with all the map says of it, in the reader's language. `mine`: whether this person may finish it now."""

    row: WorkRow
    state: str
    mine: bool
    instruction: str
    fields: Sequence[FormField]
    checks: Sequence[tuple[str, str, bool]]
    outcomes: Sequence[tuple[str, str, bool]]
    outcome: str
    reason: str
    done_by: str
    done_at: datetime | None


@query("workflow.work_item", OneWorkItem)
def work_item(ctx: Reader, asked: OneWorkItem) -> WorkForm | None:
    """One work item with its instruction, form, check items (name, label, ticked) and outcomes (name, label, sends back)."""
    row = ctx.one(SQL.one, id=asked.id)
    if row is None:
        return None
    does = graphs(ctx, [row.digest])[row.digest].nodes[row.node].does
    if not isinstance(does, Work):
        raise TypeError(f"{row.node} is no work item")  # a version never changes
    values = {**json.loads(row.before), **json.loads(row.filled)}
    (shown,) = _rows(ctx, [row])
    return WorkForm(
        row=shown,
        state=row.state,
        mine=row.state == "open" and row.role in ctx.actor.roles and row.assignee_id in (None, ctx.actor.id),
        instruction=_said(does.instruction),
        fields=[_field(one, values) for one in does.fields],
        checks=[(check.name, _said(check.label), check.name in row.checks) for check in does.checks],
        outcomes=[(one.name, _said(one.label), one.sends_back) for one in does.outcomes]
        or [(PLAIN_OUTCOME, "", False)],
        outcome=row.outcome,
        reason=row.reason,
        done_by=row.done_by,
        done_at=row.done_at,
    )


def _field(field: Any, values: Mapping[str, Any]) -> FormField:
    return FormField(
        name=field.name,
        type=field.type,
        label=_said(field.label),
        required=field.required,
        unit=field.unit,
        choices=[(value, _said(label)) for value, label in field.choices.items()],
        value=values.get(field.name),
    )


@dataclass(frozen=True)
class MapList:
    """Ask for the published maps; there is nothing to choose."""


@query("workflow.maps", MapList)
def maps(ctx: Reader, asked: MapList) -> list[Any]:
    """The published maps with their latest version and how many subjects are on their way."""
    rows = ctx.fetch(SQL.maps)
    sound = sound_graphs(ctx, [row.digest for row in rows])
    return [
        row._replace(name=_said(sound[row.digest].label) or row.name) if row.digest in sound else row for row in rows
    ]


@dataclass(frozen=True)
class LiveMap:
    """Ask for a map by its key, live: `version` is its number, the latest unless said."""

    map: str
    version: int | None = None


class Place(NamedTuple):
    """What stands at a node now: how many, since when the oldest, how many late, how many stuck. Label in the reader's language."""

    node: str
    name: str
    standing: int
    oldest: datetime
    late: int
    stuck: int


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
    places = [
        Place(name=_name(graph, row.node), **row._asdict())
        for row in ctx.fetch(SQL.counts, definition=head.definition_id)
    ]
    return Live(head.key, _said(graph.label) or head.name, head.number, head.xml, places, _labels(graph))


def _name(graph: Graph, node: str) -> str:
    found: Node | None = graph.nodes.get(node)
    return _said(found.label) if found else node


def _labels(graph: Graph) -> Mapping[str, str]:
    """Every label of the drawing by element id in the reader's language."""
    labels = {node.id: _said(node.label) for node in graph.nodes.values()}
    labels |= {way.flow: _said(way.label) for node in graph.nodes.values() for way in node.ways}
    return {id: label for id, label in labels.items() if label}


@dataclass(frozen=True)
class SubjectPosition:
    """Ask where a subject is and has been."""

    subject_type: str
    subject: int


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
    """Where a subject is on its maps, the map it came by first, with the way it took."""
    rows = ctx.fetch(SQL.instances, subject_type=asked.subject_type, subject=asked.subject)
    tokens: dict[int, list[tuple[str, str, datetime, str]]] = {row.id: [] for row in rows}
    for token in ctx.fetch(SQL.standing, instances=list(tokens)):
        tokens[token.instance_id].append((token.node, token.state, token.entered_at, token.reason_code))
    compiled = graphs(ctx, {row.digest for row in rows})
    return [
        Position(
            instance=row.id,
            map=row.key,
            name=_said(compiled[row.digest].label) or row.name,
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
