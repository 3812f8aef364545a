"""Whether work was done in time: by map, step and month."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from orderway.kernel.context import Reader
from orderway.kernel.registry import query
from orderway.kernel.sql import statements

from .naming import name_of, said
from .published import sound_graphs

SQL = statements("workflow", "notices")


@dataclass(frozen=True)
class Compliance:
    """Ask how due times were kept; due from `since` to `until` (days of the company), of one map by its key."""

    since: date | None = None
    until: date | None = None
    map: str | None = None


class Kept(NamedTuple):
    """A step of a map (node "": the map as a whole) in a month (its first day): how many were done in time, late, and are still to do
    though over; the share in time of all three in per cent, and how long half of them took at most."""

    map: str
    map_name: str
    node: str
    name: str
    month: date
    met: int
    late: int
    overdue: int
    share: int
    median: timedelta | None


@query("workflow.compliance", Compliance, roles=["manager", "administrator", "auditor"])
def compliance(ctx: Reader, asked: Compliance) -> list[Kept]:
    """How due times were kept, the latest month first."""
    rows = ctx.fetch(SQL.compliance, since=asked.since, until=asked.until, map=asked.map)
    compiled = sound_graphs(ctx, {row.digest for row in rows})
    kept = []
    for row in rows:
        graph = compiled.get(row.digest)
        kept.append(
            Kept(
                map=row.map,
                map_name=(said(graph.label) if graph else "") or row.map_name,
                node=row.node,
                name=(name_of(graph, row.node) if graph else row.node) if row.node else "",
                month=row.month,
                met=row.met,
                late=row.late,
                overdue=row.overdue,
                share=share_of(row.met, row.met + row.late + row.overdue),
                median=timedelta(seconds=round(row.median)) if row.median is not None else None,
            )
        )
    return kept


def share_of(met: int, all: int) -> int:
    """A share in percent, rounded half up; what is not all is never 100."""
    rounded = (200 * met + all) // (2 * all)
    return rounded if met == all else min(rounded, 99)
