"""What happened: the events of one thing, and which lists changed lately."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .context import Reader
from .registry import query
from .sql import fetch, statements

SQL = statements("kernel", "events")
WINDOW = 2_000


@dataclass(frozen=True)
class Timeline:
    """Ask for the events of one root, for example ("order", id)."""

    root_type: str
    root_id: int


@query("kernel.timeline", Timeline)
def timeline(ctx: Reader, asked: Timeline) -> list[Any]:
    """Every event of one thing, oldest first: when, what, by whom, with the columns before and after."""
    return ctx.fetch(SQL.timeline, root_type=asked.root_type, root_id=asked.root_id)


def lately(seen: int | None = None) -> tuple[datetime, int, list[Any]]:
    """The database's time, the last event's id, and the commands of the latest events: (company_id, command_id, at, subjects).

    All events since `seen`, the last id of the look before, and a window behind the last one: ids are given out before commits,
    so a long command's events appear below ids that were seen already. One statement for all companies; its callers share the answer.
    """
    (row,) = fetch(SQL.last_id.text(frozenset()), {})
    last = int(row.last)
    after = max(0, min(last - WINDOW, last if seen is None else seen))
    return row.at, last, fetch(SQL.changed_lists.text(frozenset()), {"after": after})
