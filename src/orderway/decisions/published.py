"""Published decisions, compiled once a process and found again by the digest of their file. `compile_table` is pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from orderway.dmn import model
from orderway.dmn.graph import Key, Models, Run
from orderway.dmn.reading import DmnError, read
from orderway.dmn.tables import Answer, Table
from orderway.feel import clock
from orderway.feel.facts import given, taken
from orderway.feel.typed import FactType
from orderway.kernel.context import Reader
from orderway.kernel.sql import statements

from . import facts
from .problems import Problem

SQL = statements("decisions", "tables")
KINDS: Mapping[str, FactType] = {
    "string": "string", "number": "number", "boolean": "boolean", "date": "date", "dateTime": "datetime",
    "date and time": "datetime",
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class Decided:
    """What came out: the result as Python has it, and the numbers of the rules that hit (from 1)."""

    result: Any
    rules: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Decider:
    """A decision that can decide: its key and name, the facts it rests on, and its table where its logic is one."""

    key: str
    name: str
    names: tuple[str, ...]
    logic: model.DecisionTable | None
    _models: Models
    _place: Key
    _table: Table | None
    _asks_time: bool
    _told: dict[tuple[int, ...], Decided] = field(default_factory=dict)

    def decide(self, values: Mapping[str, Any], now: datetime | None = None) -> Decided:
        """Decide on the values of `names`; `now` is what `now()` and `today()` answer, in its own zone (null without it).

        Raises TypeError for a value that rules do not know (a float).
        """
        scope = {name: taken(value) for name, value in values.items()}
        if self._asks_time and now is not None:
            scope |= clock(taken(now))
        if self._table is None:
            return _told(self._of_graph(scope))
        try:
            answer = self._table.decide(scope)
        except RecursionError:  # a function without an end is an error of the table: null
            return Decided(None, ())
        if not self._table.constant:
            return _told(answer)
        # the outputs are constants, so the rules that hit say all
        found = self._told.get(answer.rules)
        if found is None:
            found = self._told.setdefault(answer.rules, _told(answer))
        return found

    def _of_graph(self, scope: dict[str, Any]) -> Answer:
        run = Run(given=scope)
        value = self._models.value(run, self._place)
        return Answer(value, next((answer.rules for place, answer in run.fired if place == self.name), ()))


def _told(answer: Answer) -> Decided:
    return Decided(given(answer.value), answer.rules)


@dataclass(frozen=True, slots=True)
class Compiled:
    """The decision, or None when there are problems."""

    decider: Decider | None
    problems: tuple[Problem, ...]


def compile_table(xml: str, types: Mapping[str, FactType]) -> Compiled:
    """Compile a DMN file whose one last decision rests on the facts of `types`."""
    try:
        found = read(xml.encode("utf-8", "surrogatepass"))
    except DmnError as error:
        return Compiled(None, (Problem("not-dmn", why=str(error)),))
    decisions = [one for one in found.elements.values() if isinstance(one, model.Decision)]
    required = {key for one in decisions for key in one.requires}
    last = [one for one in decisions if (found.namespace, one.id) not in required]
    if len(last) != 1:
        return Compiled(None, (Problem("several-decisions" if last else "no-decision"),))
    models = Models([found], types)
    problems = [Problem("unreadable", one.place, one.why, one.rule, one.column) for one in models.problems]
    inputs = [one.name for one in found.elements.values() if isinstance(one, model.InputData)]
    problems += [Problem("unknown-fact", name, name) for name in inputs if name not in types]
    problems += [Problem("imports", name, name) for name, _ in found.imports]
    if problems:
        return Compiled(None, tuple(problems))
    return Compiled(_decider(found, models, last[0], types), ())


def _decider(found: model.Definitions, models: Models, last: model.Decision, types: Mapping[str, FactType]) -> Decider:
    boxes = models.boxes[found.namespace]
    inputs = {one.name for one in found.elements.values() if isinstance(one, model.InputData)}
    names = tuple(sorted((boxes.used | inputs) & types.keys()))
    only = all(isinstance(found.elements.get(id), model.InputData) for _, id in last.requires)
    table = (
        boxes.tables.get(last.name) if only and isinstance(last.logic, model.DecisionTable) and not last.kind else None
    )
    logic = last.logic if isinstance(last.logic, model.DecisionTable) else None
    asks_time = bool({"now", "today"} & boxes.used)
    return Decider(last.id, last.name, names, logic, models, (found.namespace, last.id), table, asks_time)


class Offered(NamedTuple):
    """A published table that answers one row of typed values: what it decides about, and its outputs by name."""

    subject_type: str
    outputs: Mapping[str, FactType]


def offered(ctx: Reader, keys: Collection[str] | None = None) -> Mapping[str, Offered]:
    """The tables by key (all, or those of `keys`) that a map may ask: they give one answer, their columns have plain names and types."""
    rows = ctx.fetch(SQL.offered, keys=None if keys is None else list(keys))
    found: dict[str, Offered] = {}
    for row in rows:
        outputs = outputs_of(deciders(ctx, row.subject_type, [row.digest])[row.digest])
        if outputs:
            found[row.key] = Offered(row.subject_type, outputs)
    return found


def latest(ctx: Reader, keys: Collection[str]) -> Mapping[str, str]:
    """The digests of the latest versions of tables by key; a key without any is left out."""
    return {row.key: row.digest for row in ctx.fetch(SQL.offered, keys=list(keys))}


def hold(ctx: Reader, keys: Collection[str]) -> None:
    """Let nobody publish these tables until the transaction ends: for who publishes something that rests on their columns."""
    if keys:
        ctx.fetch(SQL.hold, keys=sorted(keys))


def outputs_of(decider: Decider) -> Mapping[str, FactType]:
    """The columns of a table with their types, empty where it may answer several rows or a column has no plain type."""
    logic = decider.logic
    if logic is None or logic.policy in "RO" or (logic.policy == "C" and not logic.aggregation):
        return {}
    if logic.policy == "C":
        name = logic.outputs[0].name or decider.key
        return {name: "number"} if _WORD.match(name) else {}
    typed = {one.name or decider.key: KINDS.get(one.kind.removeprefix("feel:")) for one in logic.outputs}
    return {name: kind for name, kind in typed.items() if kind and _WORD.match(name)} if all(typed.values()) else {}


def deciders(ctx: Reader, subject_type: str, digests: Collection[str]) -> Mapping[str, Decider]:
    """The decisions of versions by digest; asks the database only for what this process has not compiled yet."""
    missing = [digest for digest in digests if (subject_type, digest) not in _compiled]
    if missing:
        types = facts.types_of(subject_type)
        for row in ctx.fetch(SQL.xml, digests=missing):
            compiled = compile_table(row.xml, types)
            if compiled.decider is None:
                why = "; ".join(f"{one.element}: {one.why}" for one in compiled.problems)
                raise LookupError(f"a published decision no longer compiles: {why}")
            _compiled[subject_type, row.digest] = compiled.decider
    return {digest: _compiled[subject_type, digest] for digest in digests}


_compiled: dict[tuple[str, str], Decider] = {}
