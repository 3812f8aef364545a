"""Published maps as graphs, compiled once a process and made anew when what they rest on is published anew."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass

from orderway.decisions.published import latest, offered
from orderway.kernel.access import ROLES
from orderway.kernel.context import Reader
from orderway.kernel.registry import commands
from orderway.kernel.sql import statements

from . import facts
from .bpmn import read_map
from .compile import Asked, Compiled, Known, Shape, compile_map
from .decisions import registered
from .drawn import Process
from .graph import Call, Graph
from .problems import Problem
from .restless import restless_calls

SQL = statements("workflow", "maps")


NO_TABLES: Mapping[str, Asked] = {}


class MapBroken(Exception):
    """A published map no longer compiles, because a command or a fact it names is gone, or a column of a table it asks."""


def known(maps: Collection[str], tables: Mapping[str, Asked] = NO_TABLES) -> Known:
    """What the running program offers to maps; `maps` are the keys that may be called, `tables` the company's published decisions."""
    return Known(
        facts={subject: facts.types_of(subject) for subject in facts.registered},
        commands={name: shape for name, one in commands.items() if (shape := _shape(one.row))},
        roles=frozenset(ROLES),
        maps=frozenset(maps),
        decisions={**tables, **{name: Asked(one.inputs, one.outputs) for name, one in registered.items()}},
    )


def tables_of(ctx: Reader) -> Mapping[str, Asked]:
    """The published decision tables that a map of this company may ask; they read their facts themselves."""
    return {key: Asked({}, one.outputs, one.subject_type) for key, one in offered(ctx).items()}


def _shape(row: type) -> Shape | None:
    """The arguments of a command beside the subject's `id`; None for a command that is not about one thing by its id."""
    if not is_dataclass(row):
        return None
    given = {f.name: f.default is MISSING and f.default_factory is MISSING for f in fields(row)}
    if "id" not in given:
        return None
    return Shape(frozenset(given) - {"id"}, frozenset(name for name, must in given.items() if must) - {"id"})


def compile_xml(xml: str, maps: Collection[str], tables: Mapping[str, Asked] = NO_TABLES) -> Compiled:
    """Compile a drawing against the running program; raises NotBpmn for other text."""
    return compile_map(read_map(xml.encode()), known(maps, tables))


def tables_asked(processes: Collection[Process]) -> frozenset[str]:
    """The keys of the decision tables that a drawing asks: which way, and to whom."""
    elements = [element for process in processes for element in process.elements]
    named = {one.decision for one in elements} | {one.assignment for one in elements}
    return frozenset(named - {""} - registered.keys())


def drawings(ctx: Reader, digests: Collection[str]) -> Mapping[str, tuple[Process, ...]]:
    """The drawings of versions by digest, each read once a process."""
    missing = [digest for digest in digests if digest not in _drawn]
    if missing:
        _drawn.update({row.digest: read_map(row.xml.encode()) for row in ctx.fetch(SQL.xml, digests=missing)})
    return {digest: _drawn[digest] for digest in digests if digest in _drawn}


def graphs(ctx: Reader, digests: Collection[str]) -> Mapping[str, Graph]:
    """The graphs of versions by digest. Raises MapBroken when one of them no longer compiles."""
    found = sound_graphs(ctx, digests)
    if broken := [_made[ctx.actor.company_id, digest].why for digest in digests if digest not in found]:
        raise MapBroken("; ".join(broken))
    return found


def sound_graphs(ctx: Reader, digests: Collection[str]) -> Mapping[str, Graph]:
    """The graphs of those versions that compile, for lists that must stand though a map is broken.

    Asks the database for what this process has not compiled yet, for the versions of the tables that these maps ask, and for the
    company's maps when one of these is broken: nothing for sound maps that ask no tables.
    """
    company = ctx.actor.company_id
    kept = {digest: _made.get((company, digest)) for digest in digests}
    found = {digest: made.graph for digest, made in kept.items() if made and made.graph and not made.tables}
    return found if len(found) == len(kept) else _found(ctx, digests)


def round_and_round(ctx: Reader, drawn: Mapping[str, Graph]) -> Mapping[str, Sequence[Problem]]:
    """What is wrong with calls of the maps `drawn` (by key), beside the other published maps: those that come round without a rest.
    Asks the database only where one of them calls a map."""
    if not any(isinstance(node.does, Call) for graph in drawn.values() for node in graph.nodes.values()):
        return {}
    published = sound_graphs(ctx, {row.digest for row in ctx.fetch(SQL.heads)})
    return restless_calls({graph.key: graph for graph in published.values()} | dict(drawn), drawn)


def _found(ctx: Reader, digests: Collection[str]) -> Mapping[str, Graph]:
    """The same, looking at what each of them rests on."""
    drawn, company = drawings(ctx, digests), ctx.actor.company_id
    asked = {digest: tables_asked(processes) for digest, processes in drawn.items()}
    versions = latest(ctx, sorted(set().union(*asked.values()))) if any(asked.values()) else {}
    rests = {digest: {key: versions.get(key, "") for key in keys} for digest, keys in asked.items()}
    before = {digest: _made.get((company, digest)) for digest in drawn}
    stale = [digest for digest, made in before.items() if made is None or made.tables != rests[digest]]
    broken = [digest for digest, made in before.items() if made and made.graph is None and digest not in stale]
    if stale or broken:
        maps = frozenset(row.key for row in ctx.fetch(SQL.keys))
        stale += [digest for digest in broken if (made := before[digest]) and made.maps != maps]
        offers = known(maps, tables_of(ctx)) if stale else Known()
        for digest in stale:
            compiled = compile_map(drawn[digest], offers)
            why = "; ".join(f"{problem.name}: {problem.why}" for problem in compiled.problems)
            _made[company, digest] = _Made(rests[digest], maps, compiled.graph, why)
    return {digest: graph for digest in drawn if (graph := _made[company, digest].graph) is not None}


@dataclass(frozen=True, slots=True)
class _Made:
    """What a drawing came to in a company: its graph, or None and why; and what that rested on (tables with the digest of their
    version, keys of maps). What only the program says stays as it is while a process lives; maps are added, never taken away."""

    tables: Mapping[str, str]
    maps: frozenset[str]
    graph: Graph | None
    why: str


_drawn: dict[str, tuple[Process, ...]] = {}
_made: dict[tuple[int, str], _Made] = {}
