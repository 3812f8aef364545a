"""Reading decision tables, and why a subject was decided about as it was."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from orderway.dmn.model import Rule
from orderway.kernel.context import Reader
from orderway.kernel.registry import query
from orderway.kernel.sql import statements

from . import drawing
from .published import Decider, deciders

__all__ = ["drawing"]

SQL = statements("decisions", "tables")


@dataclass(frozen=True)
class AllTables:
    """Ask for the decision tables, those whose name or key holds `search` only when it is given."""

    search: str | None = None


@query("decisions.tables", AllTables)
def tables(ctx: Reader, asked: AllTables) -> list[Any]:
    """Every decision with its latest version, who published it, why, and how many were decided by it."""
    return ctx.fetch(SQL.tables, search=asked.search)


@dataclass(frozen=True)
class OneTable:
    """Ask for one decision by its key, in one of its versions (the latest unless said)."""

    key: str
    version: int | None = None


class Version(NamedTuple):
    """A published version: when, by whom, why."""

    id: int
    number: int
    published_at: datetime
    published_by: str
    why: str


class Shown(NamedTuple):
    """A decision in one version: its columns and rows as they were written (none when its logic is no table), its file and all
    its versions, the latest first."""

    key: str
    name: str
    subject_type: str
    number: int
    facts: Sequence[str]
    policy: str
    inputs: Sequence[str]
    outputs: Sequence[str]
    rows: Sequence[Rule]
    xml: str
    versions: Sequence[Version]


@query("decisions.table", OneTable)
def table(ctx: Reader, asked: OneTable) -> Shown | None:
    """One decision: its rows, its file and its versions."""
    found = ctx.fetch(SQL.versions, key=asked.key)
    chosen = next((row for row in found if asked.version in (None, row.number)), None)
    if chosen is None:
        return None
    decider = deciders(ctx, chosen.subject_type, [chosen.digest])[chosen.digest]
    (file,) = ctx.fetch(SQL.xml, digests=[chosen.digest])
    logic = decider.logic
    return Shown(
        chosen.key,
        chosen.name,
        chosen.subject_type,
        chosen.number,
        decider.names,
        logic.policy if logic else "",
        [one.label or one.expression.strip() for one in logic.inputs] if logic else [],
        [one.name for one in logic.outputs] if logic else [],
        logic.rules if logic else (),
        file.xml,
        [Version(row.id, row.number, row.published_at, row.published_by, row.why) for row in found],
    )


@dataclass(frozen=True)
class FiredRules:
    """Ask how often the rules of a version of a table (by its key and number) hit from `since` to `until` (days of the company)."""

    key: str
    version: int
    since: date | None = None
    until: date | None = None


@query("decisions.fired", FiredRules)
def fired(ctx: Reader, asked: FiredRules) -> list[Any]:
    """How often each rule hit (from 1; 0: none did), about how many subjects, and when last. The first row, whose rule is None, is about
    all that was decided; nothing at all where nothing was. Where several rules hit together each counts."""
    return ctx.fetch(SQL.fired, key=asked.key, number=asked.version, since=asked.since, until=asked.until)


@dataclass(frozen=True)
class Why:
    """Ask what was decided about one subject, by one decision only when `key` is given."""

    subject_type: str
    subject: int
    key: str | None = None


class Reason(NamedTuple):
    """A decision: by which version of which table, on which values, with which result, and the rules that hit as written.

    Numbers and dates among the values and in the result are text.
    """

    id: int
    at: datetime
    key: str
    name: str
    number: int
    decided_by: str
    values: Mapping[str, Any]
    result: Any
    rules: Sequence[tuple[int, Rule | None]]


@query("decisions.why", Why)
def why(ctx: Reader, asked: Why) -> list[Reason]:
    """What was decided about a subject and by which rules, the latest first."""
    found = ctx.fetch(SQL.why, subject_type=asked.subject_type, subject=asked.subject, key=asked.key)
    known = deciders(ctx, asked.subject_type, {row.digest for row in found})
    return [
        Reason(
            row.id,
            row.at,
            row.key,
            row.name,
            row.number,
            row.decided_by,
            json.loads(row.values),
            None if row.result is None else json.loads(row.result),
            [(number, _rule(known[row.digest], number)) for number in row.rules],
        )
        for row in found
    ]


def _rule(decider: Decider, number: int) -> Rule | None:
    rules = decider.logic.rules if decider.logic else ()
    return rules[number - 1] if number <= len(rules) else None
