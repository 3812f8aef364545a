"""Reading what happened on a map: ways and how often, places and how long, cases to look at. All of ended cases of a period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from orderway.kernel.context import Reader
from orderway.kernel.paging import Page, page
from orderway.kernel.registry import query
from orderway.kernel.sql import columns, statements

from ..graph import Graph
from ..naming import name_of, titles_of
from ..published import sound_graphs
from .turns import Turn, turns

SQL = statements("workflow", "mining")
READERS = ["manager", "administrator", "auditor"]
SORTS = {"took": "took, c.id", "ended": "c.ended_at, c.id", "steps": "steps, c.id"}


@dataclass(frozen=True)
class Past:
    """Ask what happened on a map (its key) to the cases that ended from `since` to `until` (days of the company): all of them, or
    those of one `version` (its number) or of one `variant` (its sign)."""

    map: str
    since: date | None = None
    until: date | None = None
    version: int | None = None
    variant: str | None = None


@dataclass(frozen=True)
class PastCases:
    """Ask for the cases themselves; `node` names a step they went through, `again` one they went through more than once."""

    map: str
    since: date | None = None
    until: date | None = None
    version: int | None = None
    variant: str | None = None
    node: str | None = None
    again: str | None = None
    sort: str = "-took"
    after: str | None = None
    size: int = 50


class Variant(NamedTuple):
    """A way through a map: its sign, its steps (ids, and names in the reader's language), how many cases took it, their share of all
    (0 to 1), how long half of them and nine of ten took at most, and when the last one ended."""

    variant: str
    steps: Sequence[str]
    names: Sequence[str]
    cases: int
    share: float
    median: timedelta
    ninetieth: timedelta
    latest: datetime


class Met(NamedTuple):
    """What cases met at one place. `waited` is the time from coming there until somebody took it up (or, when nobody said so, until it
    was left), of all visits together; `worked` from then until it was left. `share` is this place's part of all waiting (0 to 1).
    `again` counts the visits after the first, `cases_again` the cases that had any, `again_took` is the time from when these had left
    the place first until they left it for good."""

    node: str
    name: str
    visits: int
    cases: int
    waited: timedelta
    waited_median: timedelta
    waited_ninetieth: timedelta
    worked: timedelta
    worked_median: timedelta
    share: float
    again: int
    cases_again: int
    again_took: timedelta


class PastCase(NamedTuple):
    """A case that went through a map to its end."""

    id: int
    subject_type: str
    subject_id: int
    title: str
    version: int
    started_at: datetime
    ended_at: datetime
    took: timedelta
    variant: str
    steps: int


class Versions(NamedTuple):
    """A map with all its versions (number to id) compiled, the latest first."""

    definition: int
    ids: Mapping[int, int]
    graphs: Mapping[int, Graph]

    def name(self, node: str) -> str:
        """What a node is called in the latest version that has it."""
        graph = next((one for one in self.graphs.values() if node in one.nodes), None)
        return name_of(graph, node) if graph else node


def versions_of(ctx: Reader, map: str) -> Versions | None:
    """The versions of a map that still compile; None where there is no such map."""
    rows = ctx.fetch(SQL.versions, map=map)
    if not rows:
        return None
    compiled = sound_graphs(ctx, {row.digest for row in rows})
    graphs = {row.id: compiled[row.digest] for row in rows if row.digest in compiled}
    return Versions(rows[0].definition_id, {row.number: row.id for row in rows}, graphs)


def asked_for(versions: Versions, asked: Any) -> dict[str, Any]:
    """The parameters that every statement takes."""
    return {
        "definition": versions.definition,
        "since": asked.since,
        "until": asked.until,
        "version": versions.ids.get(asked.version, 0) if asked.version is not None else None,
        **_turned(turns(versions.graphs)),
    }


def _turned(all_turns: Sequence[Turn]) -> dict[str, list[Any]]:
    return {f"turn_{name}": values for name, values in columns(all_turns, *Turn._fields).items()}


def seconds(value: float | None) -> timedelta:
    """A length of time in whole seconds."""
    return timedelta(seconds=round(value or 0))


@query("workflow.variants", Past, roles=READERS)
def variants(ctx: Reader, asked: Past) -> list[Variant]:
    """The ways that cases took through a map, the most frequent first."""
    versions = versions_of(ctx, asked.map)
    if versions is None:
        return []
    rows = ctx.fetch(SQL.variants, **asked_for(versions, asked))
    all_cases = sum(row.cases for row in rows)
    return [
        Variant(
            variant=row.variant,
            steps=row.steps,
            names=[versions.name(node) for node in row.steps],
            cases=row.cases,
            share=row.cases / all_cases,
            median=seconds(row.median),
            ninetieth=seconds(row.ninetieth),
            latest=row.latest,
        )
        for row in rows
        if asked.variant in (None, row.variant)
    ]


@query("workflow.bottlenecks", Past, roles=READERS)
def bottlenecks(ctx: Reader, asked: Past) -> list[Met]:
    """What cases met at each place of a map, the most waiting first: visits, waiting, work, and what was done again."""
    versions = versions_of(ctx, asked.map)
    if versions is None:
        return []
    rows = ctx.fetch(SQL.steps, **asked_for(versions, asked), variant=asked.variant)
    waited = sum(row.waited for row in rows)
    lengths = ("waited", "waited_median", "waited_ninetieth", "worked", "worked_median", "again_took")
    return [
        Met(
            node=row.node,
            name=versions.name(row.node),
            visits=row.visits,
            cases=row.cases,
            share=row.waited / waited if waited else 0.0,
            again=row.again,
            cases_again=row.cases_again,
            **{name: seconds(getattr(row, name)) for name in lengths},
        )
        for row in rows
    ]


def begun_here(ctx: Reader, asked: PastCases) -> list[Any]:
    """The runs (id, subject_type, subject_id) of the cases that a question about what happened means, without those that another map
    called; in the order of their ids."""
    versions = versions_of(ctx, asked.map)
    if versions is None:
        return []
    chosen = {"variant": asked.variant, "node": asked.node, "again": asked.again}
    return ctx.fetch(SQL.begun_here, **asked_for(versions, asked), **chosen)


@query("workflow.past_cases", PastCases, roles=READERS)
def past_cases(ctx: Reader, asked: PastCases) -> Page:
    """The cases that went through a map to their end, the longest first."""
    versions = versions_of(ctx, asked.map)
    if versions is None:
        return Page([], None, 0)
    chosen = {"variant": asked.variant, "node": asked.node, "again": asked.again}
    found = page(ctx, SQL.cases, SORTS, asked, **asked_for(versions, asked), **chosen)
    titles = titles_of(ctx, {(row.subject_type, row.subject_id) for row in found.rows})
    rows = [
        PastCase(
            row.id,
            row.subject_type,
            row.subject_id,
            titles.get((row.subject_type, row.subject_id), ""),
            row.number,
            row.started_at,
            row.ended_at,
            seconds(row.took),
            row.variant,
            row.steps,
        )
        for row in found.rows
    ]
    return Page(rows, found.next, found.count)
