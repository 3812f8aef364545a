"""Undo, in one place for every reversible command: restore the columns its events say it changed."""

import json
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.db import transaction

from . import events
from .context import Context
from .outcome import Outcome, Refusal
from .registry import EVERYONE, Ref, command, commands
from .sql import fetch, statements

SQL = statements("kernel", "events")


@command("kernel.undo", roles=sorted(EVERYONE))
def undo(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Undo commands by their number, while nobody wrote the same columns since; the way back is recorded like any change."""
    past = ctx.fetch(SQL.of_commands, command_ids=[row.id for row in rows])
    by_command = {id: list(group) for id, group in groupby(past, key=lambda event: event.command_id)}
    refused = [no for row in rows if (no := _standing_in_the_way(ctx, row.id, by_command.get(row.id, [])))]
    done = [row.id for row in rows if row.id not in {refusal.subject for refusal in refused}]
    if ctx.halts(refused) or not done:
        return Outcome(refused=refused)
    changes = [
        (event, change) for id in done for event in by_command[id] for change in json.loads(event.data)["changes"]
    ]
    for name in sorted({event.command for event, _ in changes} & commands.keys()):  # one a kind of command
        if callable(lock := commands[name].reversible):
            lock(ctx, [change for event, change in changes if event.command == name])
    with transaction.atomic():
        stale = _restore(ctx, changes)
        if stale:
            transaction.set_rollback(True)
            return Outcome(refused=[*refused, *(Refusal("changed-since", id) for id in stale)])
    _record(ctx, [event for id in done for event in by_command[id]])
    return Outcome(done, refused)


def _standing_in_the_way(ctx: Context, id: int, past: Sequence[Any]) -> Refusal | None:
    if not past:
        return Refusal("unknown-command", id)
    name = past[0].command
    known = commands.get(name)
    if known is None or not known.reversible:
        return Refusal("not-reversible", id, {"command": name})
    if not ctx.actor.holds(name, known.roles):
        return Refusal("not-allowed", id, {"command": name})
    return None


def _restore(ctx: Context, changes: Sequence[tuple[Any, Any]]) -> list[int]:
    """Write the old columns back, one statement a table; returns the ids of rows that were changed since (nothing is kept then)."""
    stale: list[int] = []
    tables = sorted({change["table"] for _, change in changes})
    for table in tables:
        mine = [change for _, change in changes if change["table"] == table]
        columns = sorted({column for change in mine for column in change["old"]})
        images = {which: [json.dumps(change[which]) for change in mine] for which in ("old", "new")}
        ids = [change["id"] for change in mine]
        given = {"company": ctx.actor.company_id, "ids": ids, **images}
        restored = fetch(_restoring(table, columns), given)  # one a table
        stale += sorted(set(ids) - {row.id for row in restored})
    return stale


def _restoring(table: str, columns: Sequence[str]) -> str:
    # the table and its columns come from our own events, written from models, never from a request
    sets = ", ".join(f'"{c}" = (jsonb_populate_record(t, c.old))."{c}"' for c in columns)
    return SQL.restore.text(frozenset()).replace("{table}", table).replace("{sets}", sets)


def _back(event: Any) -> list[events.Part]:
    changes = json.loads(event.data)["changes"]
    return [events.Part(c["table"], c["id"], c["new"], c["old"]) for c in changes]


def _record(ctx: Context, past: Sequence[Any]) -> None:
    """One event per undone event, its changes the other way round."""
    for subject in sorted({event.subject_type for event in past}):
        facts = [
            events.Fact(event.subject_id, event.root_id, says={"undone": event.command}, parts=_back(event))
            for event in past
            if event.subject_type == subject
        ]
        ctx.record(f"{subject}.undone", subject, facts)  # one a kind of subject
