"""Deciding on a set of subjects, and noting which rule fired on which values."""

import json
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from orderway.kernel.context import Context, Reader
from orderway.kernel.sql import statements

from .facts import read_facts
from .published import Decided, Decider, deciders

SQL = statements("decisions", "tables")


class NoDecision(LookupError):
    """No decision of that key is published for that kind of subject."""


class Considered(NamedTuple):
    """What a version of a decision says of subjects, by id, and the values it says it on; nothing is noted yet."""

    version: Any
    decider: Decider
    values: Mapping[int, Mapping[str, Any]]
    found: Mapping[int, Decided]


def consider(ctx: Reader, key: str, subject_type: str, ids: Collection[int]) -> Considered:
    """What the latest published decision `key` says about each subject of a set, without a note of it.

    Statements: one for the version, one a package whose facts are asked. Raises NoDecision when nothing is published under
    the key for that kind of subject.
    """
    version = ctx.one(SQL.latest, key=key)
    if version is None or version.subject_type != subject_type:
        raise NoDecision(f"no decision {key} about a {subject_type} is published")
    decider = deciders(ctx, subject_type, [version.digest])[version.digest]
    values = read_facts(ctx, subject_type, ids, decider.names)
    now = ctx.at.astimezone(ZoneInfo(version.timezone))
    return Considered(version, decider, values, {id: decider.decide(values[id], now) for id in ids})


def note(ctx: Context, subject_type: str, said: Considered, ids: Collection[int]) -> None:
    """Note what was decided about these subjects: the rules that hit, the values they hit on, the result. One statement."""
    if not ids:
        return
    made = [
        {"subject": id, "rules": said.found[id].rules, "values": said.values[id], "result": said.found[id].result}
        for id in ids
    ]
    ctx.fetch(
        SQL.insert_made,
        version=said.version.version_id,
        subject_type=subject_type,
        command=ctx.command_id,
        made=json.dumps(made, default=_text),
    )


def decide(ctx: Context, key: str, subject_type: str, ids: Collection[int]) -> Mapping[int, Decided]:
    """What the latest published decision `key` says about each subject of a set, by id, noted.

    For commands and steps of maps, inside their transaction: the facts are read once for the set, and each decision is
    noted with the rules that hit and the values they hit on. Statements: those of `consider`, and one for the notes.
    Raises NoDecision when nothing is published under the key for that kind of subject.
    """
    said = consider(ctx, key, subject_type, ids)
    note(ctx, subject_type, said, ids)
    return said.found


def _text(value: Any) -> str:
    """Numbers and dates as text, so that nothing becomes a float."""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
