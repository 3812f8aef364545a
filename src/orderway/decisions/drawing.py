"""Reading what the page of tables needs: drafts, what a table may ask, what is wrong with one, and what it would decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from orderway.dmn.model import Decision
from orderway.dmn.reading import DmnError, read, same
from orderway.feel.typed import FactType
from orderway.kernel.context import Reader
from orderway.kernel.registry import query
from orderway.kernel.sql import statements

from . import facts
from .problems import ERROR, Problem, Told, told
from .published import compile_table
from .reviewing import reviewed

SQL = statements("decisions", "draft")


@dataclass(frozen=True)
class OneTableDraft:
    """Ask for the draft of a table by its key."""

    key: str


class TableDraft(NamedTuple):
    """A table that is not published; `revision` goes back with the next save. `same_as` is the number of the published version when
    nothing has changed since, else 0."""

    key: str
    subject_type: str
    xml: str
    revision: int
    saved_at: datetime
    saved_by: str
    same_as: int


@query("decisions.draft", OneTableDraft)
def draft(ctx: Reader, asked: OneTableDraft) -> TableDraft | None:
    """The draft of a table, or nothing when nobody draws on it."""
    row = ctx.one(SQL.one, key=asked.key)
    if row is None:
        return None
    number = same_as(ctx, [row]).get(row.key, 0)
    return TableDraft(row.key, row.subject_type, row.xml, row.revision, row.saved_at, row.saved_by, number)


def same_as(ctx: Reader, drafts: Sequence[Any]) -> Mapping[str, int]:
    """The number of its published version for each table whose draft says the same, however its file is written."""
    given = {one.key: one for one in drafts}
    published = ctx.fetch(SQL.published, keys=sorted(given)) if given else []
    return {
        row.key: row.number
        for row in published
        if row.subject_type == given[row.key].subject_type and same(row.xml.encode(), given[row.key].xml.encode())
    }


@dataclass(frozen=True)
class AllTableDrafts:
    """Ask for the drafts of tables; there is nothing to choose."""


class TableDraftRow(NamedTuple):
    """A draft in a list: what the table calls itself, what it decides about, who saved it last and when, whether it is published."""

    key: str
    name: str
    subject_type: str
    revision: int
    saved_at: datetime
    saved_by: str
    published: bool


@query("decisions.drafts", AllTableDrafts)
def drafts(ctx: Reader, asked: AllTableDrafts) -> list[TableDraftRow]:  # noqa: ARG001 - nothing to choose
    """The drafts of tables of the company by key."""
    return [
        TableDraftRow(r.key, name_of(r.xml, r.key), r.subject_type, r.revision, r.saved_at, r.saved_by, r.published)
        for r in ctx.fetch(SQL.all)
    ]


def name_of(xml: str, key: str) -> str:
    """What a file calls the decision `key`; the key where it says nothing."""
    try:
        found = read(xml.encode("utf-8", "surrogatepass")).elements.get(key)
    except DmnError:
        return key
    return (found.name if isinstance(found, Decision) else "") or key


def last_key(xml: str) -> str:
    """The key of a file: the id of the decision on which no other rests; nothing where there is no such one."""
    try:
        found = read(xml.encode("utf-8", "surrogatepass"))
    except DmnError:
        return ""
    decisions = [one for one in found.elements.values() if isinstance(one, Decision)]
    required = {key for one in decisions for key in one.requires}
    return next((one.id for one in decisions if (found.namespace, one.id) not in required), "")


@dataclass(frozen=True)
class TableParts:
    """Ask what a table may rest on; there is nothing to choose."""


@query("decisions.parts", TableParts)
def parts(ctx: Reader, asked: TableParts) -> Mapping[str, Mapping[str, str]]:  # noqa: ARG001 - the same for everybody
    """The facts a table may ask, by kind of subject: name and type."""
    return {subject: facts.types_of(subject) for subject in sorted(facts.registered)}


@dataclass(frozen=True)
class ReviewTable:
    """Ask what is wrong with a table about a kind of subject: `xml` is its DMN file."""

    xml: str
    subject: str


class Reviewed(NamedTuple):
    """Whether a table may be published, everything to mend in it, errors first, and the facts it asks with their types."""

    decides: bool
    problems: Sequence[Told]
    asks: Mapping[str, FactType]


@query("decisions.review", ReviewTable)
def review(ctx: Reader, asked: ReviewTable) -> Reviewed:  # noqa: ARG001 - the same for everybody
    """What is wrong with a table, against the facts of the running program; nothing is stored."""
    types = facts.types_of(asked.subject)
    compiled = reviewed(asked.xml, types)
    found = sorted(compiled.problems, key=lambda problem: problem.level != ERROR)
    readable = compiled.decider or compile_table(asked.xml, types).decider
    names = readable.names if readable else ()
    return Reviewed(compiled.decider is not None, [told(one) for one in found], {name: types[name] for name in names})


@dataclass(frozen=True)
class TryTable:
    """Ask what a table would decide: `values` by fact as text (1200.50, true, 2026-01-31, 2026-01-31T10:00:00Z); one left out or
    empty is not known (null)."""

    xml: str
    subject: str
    values: Mapping[str, str] = field(default_factory=dict)


class Tried(NamedTuple):
    """What came out, the rules that hit (from 1), the values as they were taken, and why there is no answer (empty for one)."""

    result: Any
    rules: Sequence[int]
    values: Mapping[str, Any]
    problems: Sequence[Told]


@query("decisions.try", TryTable)
def try_out(ctx: Reader, asked: TryTable) -> Tried:
    """What a table decides on values given by hand, also one that contradicts itself; nothing is stored."""
    types = facts.types_of(asked.subject)
    compiled = compile_table(asked.xml, types)
    if compiled.decider is None:
        return Tried(None, (), {}, [told(one) for one in compiled.problems])
    values: dict[str, Any] = {}
    wrong = []
    for name in compiled.decider.names:
        text = asked.values.get(name, "").strip()
        try:
            values[name] = value_of(text, types[name]) if text else None
        except ValueError:
            wrong.append(told(Problem("wrong-value", name, f"{name} = {text}")))
    if wrong:
        return Tried(None, (), {}, wrong)
    zone = ctx.one(SQL.zone)
    found = compiled.decider.decide(values, ctx.at.astimezone(ZoneInfo(zone.timezone if zone else "UTC")))
    return Tried(found.result, found.rules, values, ())


def value_of(text: str, kind: FactType) -> Any:
    """A fact from its text; raises ValueError for a text that is none of its kind."""
    match kind:
        case "number":
            try:
                number = Decimal(text)
            except InvalidOperation as error:
                raise ValueError(text) from error
            if not number.is_finite():
                raise ValueError(text)
            return number
        case "boolean":
            if text not in ("true", "false"):
                raise ValueError(text)
            return text == "true"
        case "date":
            return date.fromisoformat(text)
        case "datetime":
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                raise ValueError(text)
            return moment
    return text
