"""The two doors: `run` writes, `ask` reads. Every page, API call, job and process step goes through one of them."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, is_dataclass, replace
from typing import Any

from orderway.wire import Sent

from . import clock, reacting
from .access import Actor, NotAllowed
from .context import Context, Reader
from .outcome import Outcome, Refusal, outcome_from_json
from .registry import commands, queries
from .sql import fetch, statements, whole

SQL = statements("kernel", "running")
CHUNK = 5_000
FEW = 20
Progress = Callable[[int, int], None]


class _TakenBack(Exception):
    """Leaves the transaction with nothing written, but with an answer."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome


def run(
    name: str,
    actor: Actor,
    rows: Sequence[Any],
    *,
    key: str | None = None,
    dry: bool = False,
    partial: bool = False,
    causes: Mapping[int, int] | None = None,
    depth: int = 0,
    progress: Progress | None = None,
) -> Outcome:
    """Run the command `name` on a set of its rows in one transaction and answer what was done and refused.

    All or nothing unless `partial`. The same `key` by the same actor answers as before and writes nothing; with other rows it is
    refused (`key-reused`). `dry` does everything, reactions too, and takes it back. More than 5,000 rows run in chunks: all or
    nothing then holds within a chunk, a repeated key goes on at the first chunk that is missing, and `values["undo"]` lists the
    number of each chunk.
    """
    if not actor.holds(name, commands[name].roles):
        return Outcome(refused=[Refusal("not-allowed", None, {"command": name})])
    if len(rows) > CHUNK and not dry:
        return _in_chunks(name, actor, rows, key, partial, progress)
    ctx = Context(actor, clock.now(), command=name, partial=partial, dry=dry, causes=causes or {}, depth=depth)
    try:
        # what cannot be taken back by `_TakenBack` needs no savepoint where a transaction is open already
        with whole(savepoint=dry or key is not None or not partial):
            return _once(ctx, rows, key)
    except _TakenBack as taken:
        return taken.outcome


def _once(ctx: Context, rows: Sequence[Any], key: str | None) -> Outcome:
    digest = _digest(ctx.command, rows) if key else ""
    opened = _open(ctx, rows, key)
    if key and opened.rows[0].outcome is not None:
        return _again(opened, digest, ctx.command)
    ctx = replace(ctx, opened=opened)
    outcome = commands[ctx.command].work(ctx, rows)
    if outcome.refused and not ctx.partial:
        raise _TakenBack(Outcome(refused=outcome.refused))
    if ctx.dry:
        reacting.settle(ctx)
        fetch(SQL.check_constraints.text(frozenset()), {})
        raise _TakenBack(outcome)
    if key and not _log(ctx, key, digest, outcome):
        # the same key arrived twice at once and the other one was first: its answer stands
        raise _TakenBack(_again(_open(ctx, rows, key), digest, ctx.command))
    return outcome


def _open(ctx: Context, rows: Sequence[Any], key: str | None) -> Sent:
    return ctx.send(SQL.open, key=key, plans="force_generic_plan" if len(rows) <= FEW else "auto")


def _log(ctx: Context, key: str, digest: str, outcome: Outcome) -> bool:
    told = json.dumps(outcome.as_json(), default=str)
    return bool(ctx.fetch(SQL.log, id=ctx.command_id, key=key, command=ctx.command, digest=digest, outcome=told))


def _again(opened: Sent, digest: str, name: str) -> Outcome:
    if opened.rows[0].digest != digest:
        return Outcome(refused=[Refusal("key-reused", None, {"command": name})])
    return outcome_from_json(json.loads(opened.rows[0].outcome))


def _in_chunks(
    name: str, actor: Actor, rows: Sequence[Any], key: str | None, partial: bool, progress: Progress | None
) -> Outcome:
    parts: list[Outcome] = []
    for start in range(0, len(rows), CHUNK):
        part_key = f"{key}#{start // CHUNK}" if key else None
        parts.append(run(name, actor, rows[start : start + CHUNK], key=part_key, partial=partial))  # one a chunk
        if progress:
            progress(min(start + CHUNK, len(rows)), len(rows))
    undo = [part.values["undo"] for part in parts if "undo" in part.values]
    values = {"chunks": len(parts), **({"undo": undo} if undo else {})}
    return Outcome([id for part in parts for id in part.done], [no for part in parts for no in part.refused], values)


def _digest(name: str, rows: Sequence[Any]) -> str:
    plain = [asdict(row) if is_dataclass(row) and not isinstance(row, type) else row for row in rows]
    return hashlib.sha256(json.dumps([name, plain], default=str, sort_keys=True).encode()).hexdigest()


def ask(name: str, actor: Actor, parameters: Any = None, *, database: str = "default", **given: Any) -> Any:
    """The rows of the query `name` for this actor. `parameters` is its dataclass, or give its fields by name.

    Raises NotAllowed when no role of the actor holds the query.
    """
    query = queries[name]
    if not actor.holds(name, query.roles):
        raise NotAllowed(name)
    asked = parameters if parameters is not None else query.parameters(**given)
    return query.work(Reader(actor, clock.now(), database=database), asked)


def can(actor: Actor, name: str) -> bool:
    """Whether to show a button: the verb's roles, nothing about rows."""
    return actor.holds(name, commands[name].roles if name in commands else queries[name].roles)
