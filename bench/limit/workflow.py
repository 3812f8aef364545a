"""Any map by hand: one statement a segment, as a person would write it who knows the map, moving the rows of a set of orders.

A segment is what happens between two rests. The statement is written from the rows that one order left on the product's side
(`bench.recording`): it finds the rows of each order by the place they stand at, takes the ids of new ones from their sequences, and
then inserts, updates and deletes whole sets. It asks no conditions, reads no forms and checks no rights: the map is in its text.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql

from ..recording import NAMES, Place, Segment, Way

JSON = {("process_instance", "values"), ("token", "counts"), ("work_item", "values"), ("event", "data")}
SHORT = {"process_instance": "i", "token": "t", "work_item": "w", "arrival": "a", "timer": "m", "work_notice": "n"}
# by what a row of an order is found, beside the row that it belongs to
FOUND_BY = {
    "process_instance": ("definition_id", "state"),
    "token": ("node", "state"),
    "work_item": ("node", "state"),
    "arrival": ("name", "state"),
}
OWNER = {"token": "instance_id", "work_item": "instance_id"}
NEAR = timedelta(minutes=1)
TEMPLATE = """with c as materialized (select nextval('command_id_seq') as id),
g as materialized (select s.id as subject{given}
from unnest(%(ids)s::bigint[]) as s (id){joined}),
{parts}
select count(*) from g"""


@dataclass(slots=True)
class Writing:
    """One statement while it is written. `needed` are the rows whose ids it has to know, those that are there and new ones."""

    segment: Segment
    aliases: dict[Place, str]
    needed: set[Place] = field(default_factory=set)
    parts: list[str] = field(default_factory=list)

    @property
    def new(self) -> list[Place]:
        return sorted(self.segment.after.keys() - self.segment.before.keys())

    @property
    def gone(self) -> list[Place]:
        return sorted(self.segment.before.keys() - self.segment.after.keys())

    @property
    def changed(self) -> Iterator[tuple[Place, dict[str, Any]]]:
        """Rows that were there, with their columns that have new values."""
        for place in sorted(self.segment.before.keys() & self.segment.after.keys()):
            old, new = self.segment.before[place], self.segment.after[place]
            if found := {column: value for column, value in new.items() if value != old[column]}:
                yield place, found

    def name(self, table: str, id: int) -> str:
        """The column of `g` that holds the id of a row, here or in the set that the statement runs for."""
        self.needed.add((table, id))
        return f"g.{self.alias((table, id))}"

    def alias(self, place: Place) -> str:
        return self.aliases.setdefault(place, f"{SHORT[place[0]]}{len(self.aliases)}")

    def value(self, table: str, column: str, value: Any, about: int) -> str:
        """A value as SQL: the id of a row, a moment told from the present, or what it is."""
        if value is None:
            return "null"
        if column in NAMES[table]:
            return self.name(NAMES[table][column], value)
        if column in ("subject_id", "root_id") and value == about:
            return "g.subject"
        if column == "command_id":
            return "c.id"
        if isinstance(value, datetime):
            return self._moment(value)
        if (table, column) in JSON:
            return self._json(value, "json" if table == "event" else "jsonb")
        if column == "path_at":
            return f"array_fill(now(), array[{len(value)}])"
        if isinstance(value, list):
            return f"{plain(value)}::text[]"
        return plain(value)

    def _moment(self, value: datetime) -> str:
        away = value - self.segment.began
        minutes = round(away / timedelta(minutes=1))
        return "now()" if abs(away) < NEAR else f"now() + interval '{minutes} minutes'"

    def _json(self, value: Any, kind: str) -> str:
        if isinstance(value, dict) and ("work_item", value.get("work_item")) in self.segment.after:
            rest = json.dumps({name: one for name, one in value.items() if name != "work_item"})
            item = self.name("work_item", value["work_item"])
            head, tail = plain('{"work_item": '), plain(", " + rest[1:])
            return f"({head} || {item} || {tail})::{kind}"
        return f"{plain(json.dumps(value))}::{kind}"


def plain(value: Any) -> str:
    """A constant as it stands in a statement that has parameters."""
    return sql.Literal(value).as_string(None).strip().replace("%", "%%")


def statement(segment: Segment, about: int, aliases: dict[Place, str]) -> str:
    """The statement of one segment; `about` is the order that was recorded."""
    writing = Writing(segment, aliases)
    for n, (place, columns) in enumerate(writing.changed):
        writing.parts.append(f"changed{n} as ({_update(writing, place, columns, about)})")
    for table in dict.fromkeys(table for table, _ in writing.gone):
        writing.parts.append(f"{table}_gone as ({_delete(writing, table)})")
    for n, group in enumerate(_alike(writing)):
        writing.parts.append(f"new{n} as ({_insert(writing, group, about)})")
    given, joined = _given(writing)
    return TEMPLATE.format(given=given, joined=joined, parts=",\n".join(writing.parts or ["nothing as (select)"]))


def _update(writing: Writing, place: Place, columns: Mapping[str, Any], about: int) -> str:
    table, id = place
    old = writing.segment.before[place]
    wanted = [
        f"{name} = {_new_value(writing, table, name, old[name], value, about)}" for name, value in columns.items()
    ]
    return f"update {table} x set {', '.join(wanted)}\nfrom g where x.id = {writing.name(table, id)}"


def _new_value(writing: Writing, table: str, column: str, old: Any, value: Any, about: int) -> str:
    """What grows is added to; anything else is replaced."""
    if table == "process_instance" and column in ("path", "path_at"):
        return f"x.{column} || {writing.value(table, column, value[len(old) :], about)}"
    if table == "process_instance" and column == "values":
        return f"x.values || {writing.value(table, column, {n: v for n, v in value.items() if old.get(n, ...) != v}, about)}"
    return writing.value(table, column, value, about)


def _delete(writing: Writing, table: str) -> str:
    """Rows that are gone; a timer is found by its token."""
    by, rows = "id", [place for place in writing.gone if place[0] == table]
    if table == "timer":
        by, rows = "token_id", [("token", writing.segment.before[place]["token_id"]) for place in rows]
    ids = [writing.name(*place) for place in rows]
    if len(ids) == 1:
        return f"delete from {table} x using g where x.{by} = {ids[0]}"
    every = " union all ".join(f"select {id} as id from g" for id in ids)
    return f"delete from {table} x using ({every}) o where x.{by} = o.id"


def _alike(writing: Writing) -> list[list[Place]]:
    """New rows that one insert can write: of one table, with values in the same columns, and once an order or once a set."""
    groups: dict[tuple[Any, ...], list[Place]] = {}
    for place in writing.new:
        row = writing.segment.after[place]
        filled = tuple(name for name, value in row.items() if value is not None)
        groups.setdefault((place[0], filled, row.get("subject_type") == "company"), []).append(place)
    return list(groups.values())


def _insert(writing: Writing, group: Sequence[Place], about: int) -> str:
    table = group[0][0]
    rows = [writing.segment.after[place] for place in group]
    columns = [name for name, value in rows[0].items() if value is not None and name != "id"]
    named = table in SHORT and table != "timer" and _is_named(writing, group)
    selects = []
    for place, row in zip(group, rows, strict=True):
        values = [writing.value(table, name, row[name], about) for name in columns]
        own = [writing.name(*place)] if named else []
        once = "c" if row.get("subject_type") == "company" else "g cross join c" if "command_id" in columns else "g"
        selects.append(f"select {', '.join(own + values)} from {once}")
    into = ", ".join((["id"] if named else []) + [f'"{name}"' for name in columns])
    return f"insert into {table} ({into})\n" + "\nunion all\n".join(selects)


def _is_named(writing: Writing, group: Sequence[Place]) -> bool:
    """Whether another row of this segment names one of these."""
    ours = set(group)
    for place, row in writing.segment.after.items():
        for column, table in NAMES[place[0]].items():
            if (table, row[column]) in ours:
                return True
        if place[0] == "event" and ("work_item", row["data"].get("work_item")) in ours:
            return True
    return False


def _given(writing: Writing) -> tuple[str, str]:
    """What `g` holds beside the order: the ids of rows that are there, found by joins, and of new ones."""
    there = {place for place in writing.needed if place in writing.segment.before}
    for place in sorted(there):
        if owner := OWNER.get(place[0]):
            there.add(("process_instance", writing.segment.before[place][owner]))
    given = "".join(f", {writing.alias(place)}.id as {writing.alias(place)}" for place in sorted(there))
    for place in sorted(writing.needed - there):
        given += f", nextval('{place[0]}_id_seq') as {writing.alias(place)}"
    joined = "".join(_join(writing, place) for place in sorted(there))
    return given, joined


def _join(writing: Writing, place: Place) -> str:
    """How a row of an order is found; where several stand at one place, by their order."""
    table, id = place
    row, alias = writing.segment.before[place], writing.alias(place)
    owner = OWNER.get(table)
    same = [*FOUND_BY[table], *([owner] if owner else [])]
    where = [f"x.{name} = {plain(row[name])}" for name in FOUND_BY[table]]
    if owner:
        where.append(f"x.{owner} = {writing.alias(('process_instance', row[owner]))}.id")
    else:
        where += [f"x.subject_type = {plain(row['subject_type'])}", "x.subject_id = s.id"]
    peers = [
        other
        for (kind, other), one in sorted(writing.segment.before.items())
        if kind == table and all(one[name] == row[name] for name in same)
    ]
    if len(peers) == 1:
        return f"\njoin {table} {alias} on {' and '.join(where).replace('x.', f'{alias}.')}"
    text = f"select x.id from {table} x where {' and '.join(where)} order by x.id offset {peers.index(id)} limit 1"
    return f"\ncross join lateral ({text}) {alias}"


class Maps:
    """One connection that moves sets of orders along a recorded way, a transaction a segment."""

    def __init__(self, url: str, way: Way) -> None:
        self.connection = psycopg.connect(url, autocommit=True, prepare_threshold=0)
        aliases: dict[Place, str] = {}
        self.texts = [statement(segment, way.id, aliases) for segment in way.segments]

    def run(self, ids: Sequence[int], seen: Callable[[int], None] = lambda _: None) -> None:
        """Send orders through the map from its start to its end."""
        for n in range(len(self.texts)):
            self.segment(n, ids)
            seen(n)

    def segment(self, n: int, ids: Sequence[int]) -> None:
        """Send orders through one segment."""
        row = self.connection.execute(self.texts[n], {"ids": list(ids)}, prepare=True).fetchone()
        assert row == (len(ids),), (row, self.texts[n])
