"""What one order leaves behind on its way through a map, act by act: the rows before and after, of which the limit is written."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from .driving import Act, Driver
from .ground import counts

# every table that the engine writes, how the rows of one order are found, and which column names which row
ROWS: Mapping[str, str] = {
    "process_instance": "x.subject_type = 'order' and x.subject_id = %(id)s",
    "token": "x.instance_id in (select id from process_instance where subject_type = 'order' and subject_id = %(id)s)",
    "work_item": "x.subject_type = 'order' and x.subject_id = %(id)s",
    "timer": "x.token_id in (select t.id from token t join process_instance i on i.id = t.instance_id"
    " where i.subject_type = 'order' and i.subject_id = %(id)s)",
    "work_notice": "x.instance_id in (select id from process_instance where subject_type = 'order' and subject_id = %(id)s)",
    "arrival": "x.subject_type = 'order' and x.subject_id = %(id)s",
    "event": "x.id > %(after)s",
}
NAMES: Mapping[str, Mapping[str, str]] = {
    "process_instance": {"root_id": "process_instance", "parent_id": "process_instance", "called_by": "token"},
    "token": {"instance_id": "process_instance", "scope": "token", "parent": "token"},
    "work_item": {"instance_id": "process_instance", "token_id": "token", "round_of": "token"},
    "timer": {"token_id": "token"},
    "work_notice": {"instance_id": "process_instance", "work_item_id": "work_item"},
    "arrival": {"token_id": "token"},
    "event": {},
}
Place = tuple[str, int]
Rows = Mapping[Place, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Segment:
    """What happens between two rests: the act, when it began, and the rows of the order before and after it."""

    act: Act
    began: datetime
    before: Rows
    after: Rows


@dataclass(frozen=True, slots=True)
class Way:
    """One order's way through the map `key`."""

    key: str
    id: int
    segments: tuple[Segment, ...]

    @property
    def acts(self) -> list[Act]:
        return [segment.act for segment in self.segments]


def record(url: str, driver: Driver, key: str, id: int) -> Way:
    """Drive one order through a map and keep what it leaves. Raises AssertionError when it writes a table that is not known here."""
    counted = counts(url)
    segments: list[Segment] = []
    with psycopg.connect(url, row_factory=dict_row, autocommit=True) as connection:
        began, before = driver.now(), rows(connection, id, 0)
        last = max((event for table, event in before if table == "event"), default=0)

        def seen(act: Act) -> None:
            nonlocal began, before, last
            after = rows(connection, id, last)
            last = max((event for table, event in after if table == "event"), default=last)
            old = {place: row for place, row in before.items() if place[0] != "event"}
            # a timer rings when the time has come, everything else happens when it began
            segments.append(Segment(act, driver.now() if act.ahead else began, old, after))
            began, before = driver.now(), after

        driver.way(key, id, seen)
    changed = {name for name, n in counts(url).items() if n != counted.get(name, 0)}
    unknown = {name for name in changed if name not in ROWS and not name.startswith("event ")}
    assert not unknown, f"{key} writes {sorted(unknown)}: name them in bench/recording.py"
    return Way(key, id, tuple(segments))


def rows(connection: psycopg.Connection[dict[str, Any]], id: int, after: int) -> dict[Place, dict[str, Any]]:
    """All rows of an order by table and id, and all events after one."""
    found: dict[Place, dict[str, Any]] = {}
    for table, which in ROWS.items():
        text = f"select x.* from {table} x where {which} order by x.id"
        for row in connection.execute(text, {"id": id, "after": after}):
            found[table, row["id"]] = row
    return found


def left_behind(url: str, ids: list[int]) -> Counter[tuple[str, str]]:
    """The rows of orders without their ids and moments: equal on both sides after each segment, or the limit is none."""
    found: Counter[tuple[str, str]] = Counter()
    with psycopg.connect(url, autocommit=True) as connection:
        for table, which in ROWS.items():
            many = EVENT if table == "event" else which.replace("= %(id)s", "= any(%(ids)s::bigint[])")
            text = f"select ({SHAPE})::text, count(*) from {table} x where {many} group by 1"
            values = {"ids": ids, "events": EVENTS, "without": [*WITHOUT, *NAMES[table]]}
            for shape, n in connection.execute(text, values):
                found[table, shape] = n
    return found


SHAPE = "to_jsonb(x) - %(without)s::text[] #- '{data,work_item}'"
EVENT = "x.root_type = 'order' and x.root_id = any(%(ids)s::bigint[]) and x.name = any(%(events)s::text[])"
EVENTS = ["work.completed", "work.sent_back", "process.started", "process.ended", "process.failed", "approval.kept"]
WITHOUT = ["id", "subject_id", "root_id", "command_id", "command", "cause", "actor_id", "on_behalf_of", "at", "path_at"]
WITHOUT += ["started_at", "ended_at", "entered_at", "opened_at", "due_at", "done_at"]
