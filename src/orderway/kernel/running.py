"""The two doors: `run` writes, `ask` reads. Every page, API call, job and process step goes through one of them."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any

from django.db import transaction

from . import clock, reacting
from .access import Actor, NotAllowed
from .context import Context, Reader
from .outcome import Outcome, Refusal, outcome_from_json
from .registry import commands, queries
from .sql import fetch, statements

SQL = statements("kernel", "running")
CHUNK = 5_000
Progress = Callable[[int, int], None]


class _TakenBack(Exception):
    """Leaves the transaction with nothing written, but with an answer."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class _Call:
    name: str
    actor: Actor
    rows: Sequence[Any]
    key: str | None
    dry: bool
    partial: bool
    causes: Mapping[int, int]
    depth: int


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
    nothing then holds within a chunk, and a repeated key goes on at the first chunk that is missing.
    """
    if not actor.holds(name, commands[name].roles):
        return Outcome(refused=[Refusal("not-allowed", None, {"command": name})])
    if len(rows) > CHUNK and not dry:
        return _in_chunks(name, actor, rows, key, partial, progress)
    try:
        # what cannot be taken back by `_TakenBack` needs no savepoint where a transaction is open already
        with transaction.atomic(savepoint=dry or key is not None or not partial):
            return _once(_Call(name, actor, rows, key, dry, partial, causes or {}, depth))
    except _TakenBack as taken:
        return taken.outcome


def _once(call: _Call) -> Outcome:
    digest = _digest(call.name, call.rows) if call.key else ""
    opened = _open(call)
    if call.key and opened.outcome is not None:
        return _again(opened, digest, call.name)
    ctx = Context(
        actor=call.actor,
        at=clock.now(),
        command=call.name,
        command_id=opened.command_id,
        partial=call.partial,
        dry=call.dry,
        causes=call.causes,
        depth=call.depth,
    )
    outcome = commands[call.name].work(ctx, call.rows)
    if outcome.refused and not call.partial:
        raise _TakenBack(Outcome(refused=outcome.refused))
    if call.dry:
        reacting.settle(ctx)
        fetch(SQL.check_constraints.text(frozenset()), {})
        raise _TakenBack(outcome)
    if call.key and not _log(ctx, call.key, digest, outcome):
        # the same key arrived twice at once and the other one was first: its answer stands
        raise _TakenBack(_again(_open(call), digest, call.name))
    return outcome


def _open(call: _Call) -> Any:
    given = frozenset({"key"} if call.key else ())
    return fetch(SQL.open.text(given), {"actor": call.actor.id, "key": call.key})[0]


def _log(ctx: Context, key: str, digest: str, outcome: Outcome) -> bool:
    values = {
        "id": ctx.command_id,
        "actor": ctx.actor.id,
        "company": ctx.actor.company_id,
        "key": key,
        "command": ctx.command,
        "digest": digest,
        "outcome": json.dumps(outcome.as_json(), default=str),
        "at": ctx.at,
    }
    return bool(fetch(SQL.log.text(frozenset()), values))


def _again(opened: Any, digest: str, name: str) -> Outcome:
    if opened.digest != digest:
        return Outcome(refused=[Refusal("key-reused", None, {"command": name})])
    return outcome_from_json(json.loads(opened.outcome))


def _in_chunks(
    name: str, actor: Actor, rows: Sequence[Any], key: str | None, partial: bool, progress: Progress | None
) -> Outcome:
    done: list[int] = []
    refused: list[Refusal] = []
    for start in range(0, len(rows), CHUNK):
        part_key = f"{key}#{start // CHUNK}" if key else None
        outcome = run(name, actor, rows[start : start + CHUNK], key=part_key, partial=partial)  # one a chunk
        done += outcome.done
        refused += outcome.refused
        if progress:
            progress(min(start + CHUNK, len(rows)), len(rows))
    return Outcome(done, refused, {"chunks": -(-len(rows) // CHUNK)})


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


def read_rows(name: str, raw: Sequence[Mapping[str, Any]]) -> tuple[Sequence[Any], Sequence[Refusal]]:
    """Rows of the command `name` from plain values, or a refusal for each field that does not fit."""
    return commands[name].read(raw)
