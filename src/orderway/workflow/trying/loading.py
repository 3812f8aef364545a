"""Reading what really happened to a set of subjects: a constant number of statements, whatever their number."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from orderway.decisions.published import Decider, deciders
from orderway.kernel.context import Reader
from orderway.kernel.registry import subjects as kinds_of_subject
from orderway.kernel.sql import statements
from orderway.people.queries import calendars

from ..conditions import Value
from ..decisions import registered
from ..facts import kept_of, read_facts, types_of
from ..forms import typed
from ..graph import Call, Decide, Graph
from ..published import graphs as graphs_of
from ..published import sound_graphs
from .past import Asked, Item, Past, Place, Ride
from .world import Terms

SQL = statements("workflow", "trying")
MAPS = statements("workflow", "maps")
Period = tuple[datetime | None, datetime | None]


def roots(ctx: Reader, map: str, period: Period, root: int | None = None) -> list[Any]:
    """The runs of a map that began in a period, with their subjects; or the one `root`."""
    return ctx.fetch(SQL.roots, map=map, since=period[0], until=period[1], root=root)


def usual(ctx: Reader, period: Period) -> Mapping[Place | str, timedelta]:
    """How long half of the decisions of a period took at most, by place and by role."""
    rows = ctx.fetch(SQL.usual, since=period[0], until=period[1])
    return {(row.map, row.node) if row.map else row.role: row.took for row in rows}


def pasts(ctx: Reader, found: Sequence[Any], also: Graph | None, tables: Iterable[Decider] = ()) -> dict[int, Past]:
    """What happened to the runs `found` of one kind of subject, by run, with the facts that a draft and draft tables ask for `also`;
    a run by a version that no longer compiles is left out."""
    if not found:
        return {}
    kind, ids = found[0].subject_type, sorted({row.subject_id for row in found})
    rows = ctx.fetch(SQL.rides, roots=[row.id for row in found])
    compiled = sound_graphs(ctx, {row.digest for row in rows})
    rides = _rides(rows, compiled)
    graphs = [*compiled.values(), *([also] if also else [])]
    asked = _asked(ctx, kind, ids, graphs)
    used = deciders(ctx, kind, {one.digest for keys in asked.values() for many in keys.values() for one in many})
    names = {name for graph in graphs for name in graph.facts} | {"title"}
    names |= {name for one in (*tables, *used.values()) for name in one.names}
    now: Mapping[int, Mapping[str, Value]] = read_facts(ctx, kind, ids, names & types_of(kind).keys())
    then = _then(ctx, kind, ids, names)
    items = _items(ctx, found, kind, ids)
    arrived = _arrived(ctx, kind, ids)
    return {
        row.id: Past(
            subject=row.subject_id,
            title=str(now[row.subject_id].get("title") or ""),
            rides=rides[row.id],
            items=items.get(row.id, ()),
            arrived=[(name, at) for name, at in arrived.get(row.subject_id, ()) if at >= rides[row.id][0].started_at],
            asked=asked.get(row.subject_id, {}),
            now=now[row.subject_id],
            then=then.get(row.subject_id, {}),
        )
        for row in found
        if row.id in rides
    }


def _rides(rows: Sequence[Any], compiled: Mapping[str, Graph]) -> Mapping[int, list[Ride]]:
    """The runs by root; a root that has a version which no longer compiles is left out."""
    found: dict[int, list[Ride]] = defaultdict(list)
    broken = {row.root_id for row in rows if row.digest not in compiled}
    for row in rows:
        if row.root_id not in broken:
            path = list(zip(row.path, row.path_at, strict=True))
            graph, values = compiled[row.digest], json.loads(row.filled)
            found[row.root_id].append(Ride(row.digest, graph, path, row.state, row.started_at, row.ended_at, values))
    return found


def _items(ctx: Reader, found: Sequence[Any], kind: str, ids: Sequence[int]) -> Mapping[int, list[Item]]:
    items: dict[int, list[Item]] = defaultdict(list)
    rows = ctx.fetch(SQL.items, roots=[one.id for one in found])
    agreeing = _agreeing(rows)
    for row in rows:
        if row.extra:
            continue
        items[row.root_id].append(
            Item(
                (row.map, row.node), row.role, row.opened_at, row.due_at, row.done_at, row.state, row.outcome,
                json.loads(row.filled), row.basis, *agreeing.get(row.id, ()),
            )
        )  # fmt: skip
    root_of: dict[int, int] = {one.subject_id: one.id for one in found}
    for row in ctx.fetch(SQL.kept, subject_type=kind, subjects=list(ids)):
        place = (row.map, row.node)
        items[root_of[row.subject_id]].append(Item(place, "", row.at, done_at=row.at, state="kept"))
    return items


def _agreeing(rows: Sequence[Any]) -> Mapping[int, tuple[timedelta | None, bool]]:
    """For decisions to which others had to agree, by id: how long these took (None: not all have) and whether one gave it back."""
    asked: dict[int, list[Any]] = defaultdict(list)
    last: dict[int, Any] = {}
    for row in rows:
        if not row.extra:
            last[row.token_id] = row
        elif row.token_id in last:
            asked[last[row.token_id].id].append(row)
    found: dict[int, tuple[timedelta | None, bool]] = {}
    for row in rows:
        if row.id in asked and row.done_at is not None:
            told = [one for one in asked[row.id] if one.state != "withdrawn"]
            ends = [one.done_at for one in told if one.done_at is not None]
            back = any(one.sends_back for one in told)
            waits = any(one.state == "open" for one in told) and not back
            found[row.id] = (None if waits else max(ends, default=row.done_at) - row.done_at, back)
    return found


def _arrived(ctx: Reader, kind: str, ids: Sequence[int]) -> Mapping[int, list[tuple[str, datetime]]]:
    arrived: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    for row in ctx.fetch(SQL.arrived, subject_type=kind, subjects=list(ids)):
        arrived[row.subject_id].append((row.name, row.at))
    return arrived


def tables_asked(graphs: Iterable[Graph]) -> list[str]:
    """The keys of the decision tables that maps ask."""
    does = [node.does for graph in graphs for node in graph.nodes.values()]
    return sorted({one.decision for one in does if isinstance(one, Decide)} - registered.keys())


def _asked(
    ctx: Reader, kind: str, ids: Sequence[int], graphs: Sequence[Graph]
) -> Mapping[int, Mapping[str, list[Asked]]]:
    keys = tables_asked(graphs)
    if not keys:
        return {}
    types = types_of(kind)
    asked: dict[int, dict[str, list[Asked]]] = defaultdict(lambda: defaultdict(list))
    for row in ctx.fetch(SQL.asked, subject_type=kind, subjects=list(ids), keys=keys):
        values = {name: _value(one, types[name]) for name, one in json.loads(row.filled).items() if name in types}
        asked[row.subject_id][row.key].append(Asked(row.at, row.digest, values))
    return asked


def _value(value: Any, kind: str) -> Value:
    return typed(str(value), kind) if value is not None and kind == "number" else typed(value, kind)


def _then(
    ctx: Reader, kind: str, ids: Sequence[int], names: Iterable[str]
) -> Mapping[int, Mapping[str, list[tuple[datetime, Value]]]]:
    """What the facts that are columns of the subject's own row were, each time they were written."""
    kept, types, wanted = kept_of(kind), types_of(kind), set(names)
    columns = {column: name for name, column in kept.items() if name in wanted}
    if not columns:
        return {}
    then: dict[int, dict[str, list[tuple[datetime, Value]]]] = defaultdict(lambda: defaultdict(list))
    table = kinds_of_subject[kind].table
    for row in ctx.fetch(SQL.was, subject_type=kind, subjects=list(ids), table=table, columns=list(columns)):
        name = columns[row.name]
        value = row.value == "true" if types[name] == "boolean" and row.value is not None else row.value
        then[row.subject_id][name].append((row.at, typed(value, types[name])))
    return then


def terms(ctx: Reader, kind: str, draft: Graph | None, tables: Mapping[str, Decider], period: Period) -> Terms:
    """What all subjects of a trial go by; `draft` and `tables` take the place of what is published."""
    latest = _latest(ctx, draft)
    keys = tables_asked([*([draft] if draft else []), *(graph for _, graph in latest.values())])
    published = {row.key: row.digest for row in ctx.fetch(SQL.tables, keys=keys, subject_type=kind)} if keys else {}
    known = deciders(ctx, kind, set(published.values()))
    hours = calendars(ctx)
    return Terms(
        company=ctx.actor.company_id,
        until=ctx.at,
        zone=ZoneInfo(hours[""].timezone),
        calendars=hours,
        draft=draft,
        tables=tables,
        latest=latest,
        deciders={key: known[digest] for key, digest in published.items()},
        usual=usual(ctx, period),
    )


def before(terms: Terms) -> Terms:
    """The same terms without what is tried."""
    return replace(terms, draft=None, tables={})


def _latest(ctx: Reader, draft: Graph | None) -> Mapping[str, tuple[str, Graph]]:
    """The published maps that a draft calls, and those that they call."""
    found: dict[str, tuple[str, Graph]] = {}
    asked = _called(draft) if draft else set()
    while missing := sorted(asked - found.keys()):
        rows = ctx.fetch(MAPS.latest, keys=missing)
        compiled = graphs_of(ctx, {row.digest for row in rows})
        found |= {row.key: (row.digest, compiled[row.digest]) for row in rows}
        asked = {key for row in rows for key in _called(compiled[row.digest])}
    return found


def _called(graph: Graph) -> set[str]:
    return {node.does.map for node in graph.nodes.values() if isinstance(node.does, Call)}
