"""Asking for a trial: what a changed map, or changed tables, would have made of the subjects of a period."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from orderway.decisions.facts import types_of
from orderway.decisions.published import Decider, compile_table
from orderway.decisions.scratch import DRAWING
from orderway.kernel.context import Reader
from orderway.kernel.registry import query
from orderway.kernel.sql import statements
from orderway.people.queries import calendars

from ..graph import Graph, Work
from ..mining.past import PastCases, begun_here
from ..naming import name_of, said
from ..published import compile_xml, graphs, tables_of
from . import loading
from .comparing import Stop, Sum, Went, at_places, compare, stops, total
from .past import Place
from .walk import walk
from .world import Terms

DRAFT = statements("workflow", "draft")
LISTS = statements("workflow", "lists")
AT_ONCE = 1_000
EVER = date(2000, 1, 1)  # nothing ran on a map before that day


@dataclass(frozen=True)
class TryMap:
    """Ask for a trial of a map by its key on what began from `since` to `until` (days of the company; a month back unless said). `version`
    is a published one, the draft unless said; `tables` are DMN files that take the place of the published tables of their keys.

    With `ended` on what ended in these days instead (ever, unless said), as `workflow.past_cases` tells it: all, or what ran by version
    `ran_by`, went the way `variant`, through the step `node`, or more than once through the step `again_at`. `runs`: only these of them."""

    map: str
    since: date | None = None
    until: date | None = None
    version: int | None = None
    tables: Sequence[str] = field(default_factory=tuple)
    ended: bool = False
    ran_by: int | None = None
    variant: str | None = None
    node: str | None = None
    again_at: str | None = None
    runs: Sequence[int] = field(default_factory=tuple)


class Changed(NamedTuple):
    """A step that more or fewer come to than really did."""

    map: str
    node: str
    name: str
    more: int
    fewer: int


class Assumed(NamedTuple):
    """What had to be assumed, by code, at which step, for how many subjects."""

    code: str
    map: str
    node: str
    name: str
    subjects: int


class Named(NamedTuple):
    """What a step is called, or (with `outcome`) what can be decided there."""

    map: str
    node: str
    name: str
    outcome: str = ""


class Tried(NamedTuple):
    """A trial: the map as it was tried (`version` 0: the draft) with its file, its sums, the steps that change, what was assumed, every
    subject, and the names of steps. `seconds` is how long it took."""

    map: str
    version: int
    xml: str
    subject_type: str
    since: date
    until: date
    sums: Sum
    steps: Sequence[Changed]
    assumed: Sequence[Assumed]
    rows: Sequence[Went]
    names: Sequence[Named]
    seconds: float


class NotRunnable(NamedTuple):
    """A draft that cannot be tried, because it cannot run: mend what its problems say."""

    map: str


@query("workflow.try", TryMap, roles=DRAWING)
def try_map(ctx: Reader, asked: TryMap) -> Tried | NotRunnable | None:
    """What a changed map would have made of the subjects of a period; None when there is neither such a map nor such a draft."""
    began = time.perf_counter()
    chosen = drawn(ctx, asked.map, asked.version)
    if chosen is None:
        return None
    version, xml, graph = chosen
    if graph is None:
        return NotRunnable(asked.map)
    since, until = days(ctx, asked)
    span = period(ctx, since, until)
    tables = _tables(asked.tables, graph.subject)
    found = _found(ctx, asked, since, until)
    named = _Names()
    named.add(graph)
    terms = loading.terms(ctx, graph.subject, graph, tables, span)
    rows: list[Went] = []
    for start in range(0, len(found), AT_ONCE):
        rows += went(ctx, found[start : start + AT_ONCE], terms, named)
    return Tried(
        map=asked.map, version=version, xml=xml, subject_type=graph.subject, since=since, until=until, sums=total(rows),
        steps=_steps(rows, named.all), assumed=_assumed(rows, named.all), rows=rows, names=named.told(),
        seconds=time.perf_counter() - began,
    )  # fmt: skip


class ToTry(NamedTuple):
    """How many subjects a trial would go through."""

    subjects: int


def together(parts: Sequence[Tried]) -> Tried:
    """One trial of its parts, which went through different runs of the same map in the same days."""
    rows = [row for part in parts for row in part.rows]
    told = dict.fromkeys(one for part in parts for one in part.names)
    names = {(one.map, one.node): one.name for one in told if not one.outcome}
    return parts[0]._replace(
        sums=total(rows), steps=_steps(rows, names), assumed=_assumed(rows, names), rows=rows, names=list(told),
        seconds=sum(part.seconds for part in parts),
    )  # fmt: skip


@query("workflow.runs_to_try", TryMap, roles=DRAWING)
def runs_to_try(ctx: Reader, asked: TryMap) -> list[int]:
    """The runs that a trial would go through, for who tries them part by part."""
    return [row.id for row in _found(ctx, asked, *days(ctx, asked))]


@query("workflow.to_try", TryMap, roles=DRAWING)
def to_try(ctx: Reader, asked: TryMap) -> ToTry:
    """How many subjects a trial would go through, to say how long it takes."""
    first, last = days(ctx, asked)
    if asked.ended:
        return ToTry(len(_found(ctx, asked, first, last)))
    since, until = period(ctx, first, last)
    return ToTry(ctx.one(loading.SQL.many, map=asked.map, since=since, until=until).many)


def _found(ctx: Reader, asked: TryMap, since: date, until: date) -> Sequence[Any]:
    """The runs that a trial goes through."""
    if asked.ended:
        cases = PastCases(asked.map, since, until, asked.ran_by, asked.variant, asked.node, asked.again_at)
        found = begun_here(ctx, cases)
    else:
        found = loading.roots(ctx, asked.map, period(ctx, since, until))
    only = frozenset(asked.runs)
    return [row for row in found if row.id in only] if only else found


def went(ctx: Reader, found: Sequence[Any], terms: Terms, named: "_Names") -> list[Went]:
    """How a set of subjects would go."""
    before = loading.before(terms)
    rows = []
    pasts = loading.pasts(ctx, found, terms.draft, terms.tables.values())
    for root, past in pasts.items():
        for ride in past.rides:
            named.add(ride.graph)
        rows.append(compare(root, past, walk(past, before), walk(past, terms), terms.until))
    rows += [Went(row.id, row.subject_id, "", why="map-broken") for row in found if row.id not in pasts]
    return rows


class _Names:
    """The names of the steps of the maps that were met, and of the outcomes of work."""

    def __init__(self) -> None:
        self.all: dict[Place, str] = {}
        self.outcomes: dict[tuple[Place, str], str] = {}
        self._met: set[int] = set()

    def add(self, graph: Graph) -> None:
        if id(graph) not in self._met:
            self._met.add(id(graph))
            self.all = {(graph.key, node): name_of(graph, node) for node in graph.nodes} | self.all
            for node in graph.nodes.values():
                for one in node.does.outcomes if isinstance(node.does, Work) else ():
                    self.outcomes.setdefault(((graph.key, node.id), one.name), said(one.label))

    def told(self) -> list[Named]:
        """All of them as rows."""
        steps = [Named(*place, name) for place, name in self.all.items() if name]
        return steps + [Named(*place, name, outcome) for (place, outcome), name in self.outcomes.items()]


def drawn(ctx: Reader, map: str, version: int | None) -> tuple[int, str, Graph | None] | None:
    """The draft of a map (0), or a published version, with its file and its graph (None: it cannot run)."""
    draft = None if version else ctx.one(DRAFT.one, map=map)
    if draft is not None:
        maps = {row.key for row in ctx.fetch(DRAFT.maps)} | {map}
        return 0, draft.xml, compile_xml(draft.xml, maps, tables_of(ctx)).graph
    head = ctx.one(LISTS.drawing, map=map, version=version)
    if head is None:
        return None
    return head.number, head.xml, graphs(ctx, [head.digest])[head.digest]


def days(ctx: Reader, asked: TryMap) -> tuple[date, date]:
    """The first and the last day of a trial."""
    today = ctx.at.astimezone(_zone(ctx)).date()
    until = asked.until or today
    if asked.ended and asked.since is None:
        return EVER, until
    return asked.since or until - timedelta(days=31), until


def period(ctx: Reader, since: date, until: date) -> tuple[datetime, datetime]:
    """The moments from the first to behind the last of these days, in the company's time zone."""
    zone = _zone(ctx)
    return (
        datetime.combine(since, clock_time(), zone),
        datetime.combine(until + timedelta(days=1), clock_time(), zone),
    )


def _zone(ctx: Reader) -> ZoneInfo:
    return ZoneInfo(calendars(ctx)[""].timezone)


def _tables(files: Iterable[str], subject_type: str) -> Mapping[str, Decider]:
    """The draft tables that can decide, by key."""
    found = [compile_table(file, types_of(subject_type)).decider for file in files]
    return {one.key: one for one in found if one is not None}


def _steps(rows: Sequence[Went], names: Mapping[Place, str]) -> list[Changed]:
    places = at_places([row for row in rows if not row.why])
    found = [Changed(*place, names.get(place, place[1]), *many) for place, many in places.items()]
    return sorted(found, key=lambda one: (-one.more - one.fewer, one.map, one.node))


def _assumed(rows: Sequence[Went], names: Mapping[Place, str]) -> list[Assumed]:
    many = Counter(one for row in rows if not row.why for one in dict.fromkeys(row.assumed))
    return [Assumed(code, *place, names.get(place, place[1]), count) for (code, place), count in many.most_common()]


@dataclass(frozen=True)
class TryOne:
    """Ask for both ways of one run of a map (its id), as it went and as it would go by the draft or a published version."""

    map: str
    run: int
    version: int | None = None
    tables: Sequence[str] = field(default_factory=tuple)


class BothWays(NamedTuple):
    """One subject: what differs, its steps as they went and as they would go, and the names of steps and outcomes."""

    went: Went
    before: Sequence[Stop]
    after: Sequence[Stop]
    names: Sequence[Named]
    subject_type: str
    now: datetime


@query("workflow.try_one", TryOne, roles=DRAWING)
def try_one(ctx: Reader, asked: TryOne) -> BothWays | None:
    """Both ways of one subject, step by step; None when there is no such run of that map."""
    chosen = drawn(ctx, asked.map, asked.version)
    found = loading.roots(ctx, asked.map, (None, None), asked.run)
    if chosen is None or chosen[2] is None or not found:
        return None
    graph = chosen[2]
    terms = loading.terms(ctx, graph.subject, graph, _tables(asked.tables, graph.subject), (None, None))
    pasts = loading.pasts(ctx, found, graph, terms.tables.values())
    if not pasts:
        return None
    ((root, past),) = pasts.items()
    named = _Names()
    for one in (graph, *(ride.graph for ride in past.rides)):
        named.add(one)
    tried = walk(past, terms)
    row = compare(root, past, walk(past, loading.before(terms)), tried, terms.until)
    before, after = stops(past.rides, past.items), stops(tried.rides, tried.items)
    return BothWays(row, before, after, named.told(), graph.subject, terms.until)
