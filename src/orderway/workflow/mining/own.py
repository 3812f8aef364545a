"""Whether our own cases fit a version of their map: the ways they took, held against the drawing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from orderway.kernel.context import Reader
from orderway.kernel.registry import query
from orderway.kernel.sql import statements

from ..bpmn import read_map
from ..drawn import Process
from .fit import Deviation, fit_ways
from .net import net_of
from .past import READERS, asked_for, seconds, versions_of
from .turns import CAME, turns

SQL = statements("workflow", "mining")
LISTS = statements("workflow", "lists")


@dataclass(frozen=True)
class Conformance:
    """Ask whether the cases that ended from `since` to `until` (days of the company) fit the version `against` (its number, the latest
    unless said) of their map; of all cases, or of those that went by one `version`."""

    map: str
    since: date | None = None
    until: date | None = None
    version: int | None = None
    against: int | None = None


class WayFit(NamedTuple):
    """A way that cases took, as in `workflow.variants`, with its fitness (0 to 1) and what deviates from the map; `judged` is False
    where that was too much to find out."""

    variant: str
    names: Sequence[str]
    cases: int
    median: timedelta
    fitness: float
    judged: bool
    deviations: tuple[Deviation, ...]


@query("workflow.conformance", Conformance, roles=READERS)
def conformance(ctx: Reader, asked: Conformance) -> list[WayFit]:
    """How the ways that cases took fit a version of their map, the most frequent first. Raises CannotReplay."""
    versions = versions_of(ctx, asked.map)
    drawn = ctx.one(LISTS.drawing, map=asked.map, version=asked.against)
    if versions is None or drawn is None:
        return []
    rows = ctx.fetch(SQL.variants, **asked_for(versions, asked))
    process = process_of(drawn.xml.encode(), asked.map)
    known = {turn.node for turn in turns(versions.graphs) if turn.kind != CAME}
    net = net_of(process, known)
    fits = fit_ways(net, [tuple(row.steps) for row in rows])
    found = []
    for row in rows:
        fit = fits[tuple(row.steps)]
        told = tuple(one._replace(step=versions.name(one.step) or one.step) for one in fit.deviations)
        found.append(
            WayFit(
                row.variant,
                [versions.name(node) for node in row.steps],
                row.cases,
                seconds(row.median),
                fit.fitness,
                fit.judged,
                told,
            )
        )
    return found


def process_of(xml: bytes, key: str = "") -> Process:
    """The process of a file: the one with that id, else the first that is meant to run, else the first. Raises NotBpmn."""
    processes = read_map(xml)
    named = [one for one in processes if one.id == key] if key else []
    return next(iter(named or [one for one in processes if one.executable] or processes))
