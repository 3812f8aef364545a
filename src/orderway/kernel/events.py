"""Past-tense facts, in one table: audit, timeline, trigger and replay in one.

`data.changes` lists what was written: {"table", "id", "old", "new"}; a new row has no `old`, a deleted one no `new`. Whatever else
stands in `data` is for people.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from .registry import listeners, subjects
from .sql import fetch, statements

if TYPE_CHECKING:
    from .context import Context

SQL = statements("kernel", "events")
PARTITION = 10_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """A row of a part that changed along with its subject: columns before and after."""

    table: str
    id: int
    old: Mapping[str, Any]
    new: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fact:
    """One change of one row: columns before and after (`old`, `new`), what people should read (`says`), and its `parts`."""

    id: int
    root: int
    old: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, Any] = field(default_factory=dict)
    says: Mapping[str, Any] = field(default_factory=dict)
    parts: Sequence[Part] = ()


def record(ctx: "Context", event: str, subject: str, facts: Sequence[Fact]) -> None:
    """Insert one event a fact and the pending rows of its reactions; one statement for the whole set."""
    if not facts:
        return
    table = subjects[subject].table
    ctx.fetch(
        SQL.record,
        **_frame(ctx, event, subject),
        subjects=[fact.id for fact in facts],
        roots=[fact.root for fact in facts],
        causes=[ctx.causes.get(fact.root) for fact in facts],
        # one text for all: as an array of texts every quote in it would be escaped once more
        data=json.dumps([_data(table, fact) for fact in facts], default=str),
    )


def record_new(ctx: "Context", event: str, subject: str, ids: Sequence[int]) -> None:
    """Insert one event a new row, holding the whole row and the rows of its parts as they now stand."""
    if ids:
        frame = _frame(ctx, event, subject)
        frame |= {"cause_roots": list(ctx.causes), "cause_events": list(ctx.causes.values()), "ids": list(ids)}
        fetch(_new_rows(subject, bool(frame["reactions"])), ctx.values(frame))


def _frame(ctx: "Context", event: str, subject: str) -> dict[str, Any]:
    """What all events of a command share; `reactions` is None where nobody listens, and nothing is written for them."""
    return {
        "command_id": ctx.command_id,
        "command": ctx.command,
        "event": event,
        "subject": subject,
        "root": subjects[subject].root,
        "depth": ctx.depth,
        "reactions": listeners.get(event) or None,
    }


def _data(table: str, fact: Fact) -> dict[str, Any]:
    changed = [Part(table, fact.id, fact.old, fact.new)] if fact.old or fact.new else []
    changes = [{"table": p.table, "id": p.id, "old": p.old, "new": p.new} for p in (*changed, *fact.parts)]
    return {**fact.says, "changes": changes}


@cache
def _new_rows(name: str, told: bool) -> str:
    subject = subjects[name]
    parts = "".join(
        SQL.part.text(frozenset()).replace("{part}", table).replace("{column}", column)
        for table, column in subject.parts.items()
    )
    text = SQL.record_new.text(frozenset({"reactions"} if told else ()))
    for word, value in (("{table}", subject.table), ("{root_column}", subject.root_column), ("{parts}", parts)):
        text = text.replace(word, value)
    return text


def ensure_partitions() -> None:
    """Make the partition after the one in use, so that no insert ever finds none."""
    (row,) = fetch(SQL.last_id.text(frozenset()), {})
    for n in (row.last // PARTITION, row.last // PARTITION + 1):
        span = f"from ({n * PARTITION}) to ({(n + 1) * PARTITION})"
        fetch(
            f"create table if not exists event_{n} partition of event for values {span}", {}
        )  # one a partition, of two
