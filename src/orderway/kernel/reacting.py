"""Reactions: what happens after an event, later and on sets. The worker drains `pending`; a dry run settles its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

import structlog
from django.db import InterfaceError, OperationalError

from . import clock, desk
from .access import system_actor
from .outcome import Refusal
from .registry import Ref, commands, reactions
from .sql import fetch, statements, whole

if TYPE_CHECKING:
    from .context import Context

SQL = statements("kernel", "reacting")
DEEPEST = 20
LAST_TRY = 8
log = structlog.get_logger()


def drain() -> int:
    """Work off what is ready, one reaction, company and person at a time, until nothing is; returns how many rows were taken."""
    total = 0
    while ready := fetch(SQL.ready.text(frozenset()), {"now": clock.now()}):
        taken = sum(_drain_one(group) for group in ready)
        total += taken
        if not taken:  # another worker holds them
            break
    return total


def _drain_one(group: Any) -> int:
    values = {"reaction": group.reaction, "company": group.company_id, "person": group.actor_id, "now": clock.now()}
    try:
        return _claim(values, _work_off)
    except (OperationalError, InterfaceError):
        raise  # the database went away or chose a deadlock victim: nothing was done, the next drain tries again
    except Exception:  # some row is poison, and nothing was done: once more, with care
        return _claim(values, partial(carefully, do=_work_off, alone=_put_off))


def _claim(values: Mapping[str, Any], work: Callable[[Sequence[Any]], None]) -> int:
    with whole():
        claimed = fetch(SQL.claim.text(frozenset()), values)
        if claimed:
            work(claimed)
        return len(claimed)


def _work_off(claimed: Sequence[Any]) -> None:
    """Run the reaction's command once with the set."""
    _call(claimed)
    fetch(SQL.forget.text(frozenset()), {"ids": [row.id for row in claimed]})


def carefully(
    rows: Sequence[Any], do: Callable[[Sequence[Any]], None], alone: Callable[[Any, Exception], None]
) -> None:
    """Do it for a set that may hold poison: an exception halves it down to the row that raises it, which is left to `alone`."""
    try:
        with whole():
            do(rows)
    except (OperationalError, InterfaceError):
        raise  # the database went away or chose a deadlock victim: the claim rolls back whole
    except Exception as error:
        if len(rows) == 1:
            alone(rows[0], error)
        else:
            for half in (rows[: len(rows) // 2], rows[len(rows) // 2 :]):
                carefully(half, do, alone)


def _call(claimed: Sequence[Any]) -> None:
    from .running import run  # noqa: PLC0415 - `run` settles dry runs through this module

    first, reaction = claimed[0], reactions[claimed[0].reaction]
    of_root = {row.root_id if reaction.of_root else row.subject_id: row for row in claimed}
    if first.depth >= DEEPEST:
        refused: Sequence[Refusal] = [Refusal("chain-too-deep", id) for id in of_root]
    else:
        outcome = run(
            reaction.command,
            system_actor(first.company_id, first.actor_id or None),
            [Ref(id) for id in sorted(of_root)],
            partial=True,
            causes={row.root_id: row.event_id for row in claimed},
            depth=max(row.depth for row in claimed) + 1,
        )
        refused = outcome.refused
    _to_desk(first, reaction.command, [(r, of_root[r.subject or 0]) for r in refused if r.subject in of_root])


def _put_off(row: Any, error: Exception) -> None:
    log.warning("reaction failed", reaction=row.reaction, event_id=row.event_id, tries=row.tries + 1, exc_info=error)
    if row.tries + 1 >= LAST_TRY:
        refusal = Refusal("broken", row.subject_id, {"error": f"{type(error).__name__}: {error}"[:500]})
        _to_desk(row, reactions[row.reaction].command, [(refusal, row)])
        fetch(SQL.forget.text(frozenset()), {"ids": [row.id]})
    else:
        values = {"id": row.id, "error": f"{type(error).__name__}: {error}"[:500], "now": clock.now()}
        fetch(SQL.put_off.text(frozenset()), values)


def _to_desk(first: Any, command: str, troubles: Sequence[tuple[Refusal, Any]]) -> None:
    """Refused and broken rows become exceptions on the desk, with what to run again."""
    desk.put(
        first.company_id,
        command,
        [(r.code, row.event_id, r.subject or 0, dict(r.facts)) for r, row in troubles],
    )


def settle(ctx: "Context") -> None:
    """Run this transaction's own reactions to rest, for a dry run; outside calls stay intents because only jobs make them."""
    for depth in range(1, DEEPEST):
        taken = fetch(SQL.take_own.text(frozenset()), {"command_id": ctx.command_id})  # one a round
        if not taken:
            return
        for name, group in groupby(sorted(taken, key=lambda row: row.reaction), key=lambda row: row.reaction):
            _call_within(ctx, name, list(group), depth)


def _call_within(ctx: "Context", name: str, rows: Sequence[Any], depth: int) -> None:
    reaction = reactions[name]
    ids = sorted({row.root_id if reaction.of_root else row.subject_id for row in rows})
    causes: Mapping[int, int] = {row.root_id: row.event_id for row in rows}
    inner = replace(
        ctx,
        actor=system_actor(ctx.actor.company_id, ctx.actor.person),
        command=reaction.command,
        partial=True,
        causes=causes,
        depth=depth,
    )
    commands[reaction.command].work(inner, [Ref(id) for id in ids])
