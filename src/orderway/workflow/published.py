"""Published maps as graphs, compiled once a process and found again by the digest of their XML."""

from collections.abc import Collection, Mapping
from dataclasses import MISSING, fields, is_dataclass

from orderway.decisions.published import offered
from orderway.kernel.access import ROLES
from orderway.kernel.context import Reader
from orderway.kernel.registry import commands
from orderway.kernel.sql import statements

from . import facts
from .bpmn import read_map
from .compile import Asked, Compiled, Known, Shape, compile_map
from .decisions import registered
from .graph import Graph

SQL = statements("workflow", "maps")


NO_TABLES: Mapping[str, Asked] = {}


class MapBroken(Exception):
    """A published map no longer compiles, because a command or a fact it names is gone from the program."""


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


def graphs(ctx: Reader, digests: Collection[str]) -> Mapping[str, Graph]:
    """The graphs of versions by digest. Raises MapBroken when one of them no longer compiles."""
    found = sound_graphs(ctx, digests)
    if broken := [_broken[digest] for digest in digests if digest not in found]:
        raise MapBroken("; ".join(broken))
    return found


def sound_graphs(ctx: Reader, digests: Collection[str]) -> Mapping[str, Graph]:
    """The graphs of those versions that compile, for lists that must stand though a map is broken.

    Asks the database only for what this process has not compiled yet.
    """
    missing = [digest for digest in digests if digest not in _compiled and digest not in _broken]
    if missing:
        keys, tables = {row.key for row in ctx.fetch(SQL.keys)}, tables_of(ctx)
        for row in ctx.fetch(SQL.xml, digests=missing):
            compiled = compile_xml(row.xml, keys, tables)
            if compiled.graph is None:
                _broken[row.digest] = "; ".join(f"{problem.name}: {problem.why}" for problem in compiled.problems)
            else:
                _compiled[row.digest] = compiled.graph
    return {digest: _compiled[digest] for digest in digests if digest in _compiled}


_compiled: dict[str, Graph] = {}
_broken: dict[str, str] = {}
