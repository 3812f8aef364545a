"""Exceptions on the desk: every refused reaction, broken step, unreadable input is one row with its cause and what to run again."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from . import clock
from .sql import fetch, statements

SQL = statements("kernel", "desk")


def close(company: int, tokens: Sequence[int], ids: Sequence[int] = ()) -> None:
    """Take off the desk what stood there about these stuck tokens, which were tried again, and the exceptions of these ids."""
    fetch(SQL.close.text(frozenset()), {"company": company, "tokens": [*tokens], "ids": [*ids], "now": clock.now()})


def put(company: int, command: str, troubles: Sequence[tuple[str, int | None, int, Mapping[str, Any]]]) -> None:
    """Put (code, event id, subject id, facts) on the desk of `company`; the same trouble of one subject stands there once."""
    if not troubles:
        return
    codes, events, subjects, facts = (list(column) for column in zip(*troubles, strict=True))
    told = {"codes": codes, "events": events, "subjects": subjects, "now": clock.now()}
    told["facts"] = [json.dumps(dict(one), default=str) for one in facts]
    fetch(SQL.put.text(frozenset()), {"company": company, "command": command, **told})
