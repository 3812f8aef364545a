"""Reading what the designer needs: drafts and versions, what a map may name, and what is wrong with a drawing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple, get_args

from django.utils.translation import get_language

from orderway.kernel.access import ROLES
from orderway.kernel.context import Reader
from orderway.kernel.registry import commands, query
from orderway.kernel.sql import statements

from . import facts
from .bpmn import NotBpmn, as_utf8, read_map
from .compile import Asked, compile_map
from .duties import unanswered
from .graph import Graph
from .problems import ERROR, Problem
from .published import NO_TABLES, known, round_and_round, tables_of
from .restless import restless_calls
from .roundtrip import compare
from .wording import wording

SQL = statements("workflow", "draft")


@dataclass(frozen=True)
class OneDraft:
    """Ask for the draft of a map by its key."""

    map: str


class Draft(NamedTuple):
    """A drawing that is not published; `revision` goes back with the next save. `same_as` is the number of the published version when
    nothing has changed since, else 0."""

    map: str
    xml: str
    revision: int
    saved_at: datetime
    saved_by: str
    same_as: int


@query("workflow.draft", OneDraft)
def draft(ctx: Reader, asked: OneDraft) -> Draft | None:
    """The draft of a map, or nothing when nobody draws on it."""
    row = ctx.one(SQL.one, map=asked.map)
    if row is None:
        return None
    return Draft(row.key, row.xml, row.revision, row.saved_at, row.saved_by, same_as(ctx, [row]).get(row.key, 0))


def same_as(ctx: Reader, drafts: Sequence[Any]) -> Mapping[str, int]:
    """The number of its published version for each map whose draft says the same, however its file is written."""
    xml = {one.key: one.xml.encode() for one in drafts}
    published = ctx.fetch(SQL.published, keys=sorted(xml)) if xml else []
    return {row.key: row.number for row in published if compare(row.xml.encode(), xml[row.key]).whole}


@dataclass(frozen=True)
class AllDrafts:
    """Ask for the drafts; there is nothing to choose."""


class DraftRow(NamedTuple):
    """A draft in a list: what the drawing calls itself, who saved it last and when, and whether its map is published already."""

    map: str
    name: str
    revision: int
    saved_at: datetime
    saved_by: str
    published: bool


@query("workflow.drafts", AllDrafts)
def drafts(ctx: Reader, asked: AllDrafts) -> list[DraftRow]:  # noqa: ARG001 - nothing to choose
    """The drafts of the company by key."""
    rows = ctx.fetch(SQL.all)
    return [
        DraftRow(row.map, _called(row.xml, row.map), row.revision, row.saved_at, row.saved_by, row.published)
        for row in rows
    ]


def _called(xml: str, key: str) -> str:
    """What a drawing calls the process `key`, in the reader's language."""
    for process in read_map(xml.encode()):
        if process.id == key:
            return process.label.in_language(get_language() or "en") or key
    return key


@dataclass(frozen=True)
class MapVersions:
    """Ask for all versions of a map by its key."""

    map: str


@query("workflow.versions", MapVersions)
def versions(ctx: Reader, asked: MapVersions) -> list[Any]:
    """Every published version of a map, newest first: who published it, when and why, and how many still run on it."""
    return ctx.fetch(SQL.versions, map=asked.map)


@dataclass(frozen=True)
class Lint:
    """Ask what is wrong with a drawing: BPMN 2.0 `xml`."""

    xml: str


class Told(NamedTuple):
    """A problem of a drawing: its code, the id and the label of the element, a sentence in the reader's language, error or warning."""

    code: str
    element: str
    name: str
    why: str
    level: str


class Linted(NamedTuple):
    """Whether a drawing may be published, and everything to mend in it, errors first."""

    runnable: bool
    problems: Sequence[Told]


@query("workflow.lint", Lint)
def lint(ctx: Reader, asked: Lint) -> Linted:
    """What is wrong with a drawing, against the running program and the published maps; nothing is stored."""
    maps = {row.key for row in ctx.fetch(SQL.maps)}
    xml = as_utf8(asked.xml).encode("utf-8", "surrogatepass")
    told = linted(xml, maps, tables_of(ctx), lambda graph: round_and_round(ctx, {graph.key: graph}))
    if any(problem.code == "not-bpmn" for problem in told.problems):
        return told
    # a person may not publish it so; a file that a program publishes runs without
    lonely = [_told(one) for process in read_map(xml) if process.executable for one in unanswered(process)]
    return Linted(told.runnable and not lonely, [*lonely, *told.problems])


Rounds = Callable[[Graph], Mapping[str, Sequence[Problem]]]


def among(graphs: Mapping[str, Graph]) -> Rounds:
    """The calls of a map that come round without a rest beside the maps `graphs`, by the map's key."""
    return lambda graph: restless_calls({**graphs, graph.key: graph}, [graph.key])


_ALONE = among({})


def linted(xml: bytes, maps: set[str], tables: Mapping[str, Asked] = NO_TABLES, rounds: Rounds = _ALONE) -> Linted:
    """The problems of a drawing; `maps` are the keys that it may call beside itself, `tables` the decisions it may ask, and `rounds` says
    which calls come round."""
    try:
        processes = read_map(xml)
    except NotBpmn as error:
        return Linted(False, [_told(Problem("not-bpmn", "", "", str(error)))])
    runnable = [process for process in processes if process.executable]
    compiled = compile_map(processes, known(maps | {process.id for process in runnable}, tables))
    coming_round = rounds(compiled.graph).get(compiled.graph.key, ()) if compiled.graph else ()
    found = [*compiled.problems, *coming_round]
    for process in runnable:
        found += wording(process, get_language() or "en")
    found.sort(key=lambda problem: problem.level != ERROR)
    return Linted(compiled.graph is not None and not coming_round, [_told(problem) for problem in dict.fromkeys(found)])


def _told(problem: Problem) -> Told:
    return Told(problem.code, problem.element, problem.name, problem.why, problem.level)


class Argument(NamedTuple):
    """An argument of a command: string, number, boolean, date or other."""

    name: str
    type: str
    required: bool


class Parts(NamedTuple):
    """What a drawing may name. `facts` by subject (name -> type), `steps` the commands a service task may run with what they do and
    take, `departments` and `maps` as (key, name), `answers` by published table (name -> type)."""

    facts: Mapping[str, Mapping[str, str]]
    steps: Mapping[str, tuple[str, Sequence[Argument]]]
    roles: Sequence[str]
    departments: Sequence[tuple[str, str]]
    maps: Sequence[tuple[str, str]]
    answers: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class MapParts:
    """Ask what a drawing may name; there is nothing to choose."""


@query("workflow.parts", MapParts)
def parts(ctx: Reader, asked: MapParts) -> Parts:  # noqa: ARG001 - nothing to choose
    """The facts, commands, roles, departments and maps that a drawing may name, and what the tables answer that it may ask."""
    return Parts(
        facts={subject: facts.types_of(subject) for subject in sorted(facts.registered)},
        steps={name: (commands[name].purpose, _arguments(commands[name].row)) for name in sorted(known(()).commands)},
        roles=ROLES,
        departments=[(row.key, row.name) for row in ctx.fetch(SQL.departments)],
        maps=[(row.key, row.name) for row in ctx.fetch(SQL.maps)],
        answers={key: one.outputs for key, one in tables_of(ctx).items()},
    )


_TYPES = {"str": "string", "Decimal": "number", "int": "number", "bool": "boolean", "date": "date"}


def _arguments(row: type) -> list[Argument]:
    """The fields of a command's row beside the id of its subject."""
    return [
        Argument(one.name, _type(one.type), one.default is MISSING and one.default_factory is MISSING)
        for one in fields(row)
        if one.name != "id"
    ]


def _type(annotation: Any) -> str:
    kinds = {getattr(kind, "__name__", "") for kind in get_args(annotation) or (annotation,)} - {"NoneType"}
    return _TYPES.get(kinds.pop(), "other") if len(kinds) == 1 else "other"
