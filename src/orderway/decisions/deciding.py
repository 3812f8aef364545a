"""Deciding on a set of subjects, and noting which rule fired on which values."""

import json
from collections.abc import Collection, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from orderway.kernel.context import Context
from orderway.kernel.sql import statements

from .facts import read_facts
from .published import Decided, deciders

SQL = statements("decisions", "tables")


class NoDecision(LookupError):
    """No decision of that key is published for that kind of subject."""


def decide(ctx: Context, key: str, subject_type: str, ids: Collection[int]) -> Mapping[int, Decided]:
    """What the latest published decision `key` says about each subject of a set, by id.

    For commands and steps of maps, inside their transaction: the facts are read once for the set, and each decision is
    noted with the rules that hit and the values they hit on. Statements: one for the version, one a package whose facts
    are asked, one for the notes. Raises NoDecision when nothing is published under the key for that kind of subject.
    """
    version = ctx.one(SQL.latest, key=key)
    if version is None or version.subject_type != subject_type:
        raise NoDecision(f"no decision {key} about a {subject_type} is published")
    if not ids:
        return {}
    decider = deciders(ctx, subject_type, [version.digest])[version.digest]
    values = read_facts(ctx, subject_type, ids, decider.names)
    now = ctx.at.astimezone(ZoneInfo(version.timezone))
    found = {id: decider.decide(values[id], now) for id in ids}
    made = [
        {"subject": id, "rules": one.rules, "values": values[id], "result": one.result} for id, one in found.items()
    ]
    ctx.fetch(
        SQL.insert_made,
        version=version.version_id,
        subject_type=subject_type,
        command=ctx.command_id,
        made=json.dumps(made, default=_text),
    )
    return found


def _text(value: Any) -> str:
    """Numbers and dates as text, so that nothing becomes a float."""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
