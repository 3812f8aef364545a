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
    values = {
        "company": company,
        "command": command,
        "codes": [code for code, _, _, _ in troubles],
        "events": [event for _, event, _, _ in troubles],
        "subjects": [subject for _, _, subject, _ in troubles],
        "facts": [json.dumps(dict(facts), default=str) for _, _, _, facts in troubles],
        "now": clock.now(),
    }
    fetch(SQL.put.text(frozenset()), values)
