"""Guessing passwords and reading open pages by machine is slowed down: counted in the database, so that every host counts the same."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from orderway.kernel import clock
from orderway.kernel.sql import fetch, statements

SQL = statements("people", "signing_in")
SPAN = timedelta(minutes=15)
# within SPAN: from one address for one mail address, for one mail address from anywhere, from one address for anybody
LIMITS: Mapping[str, int] = {"both": 8, "mail": 40, "address": 80}
LOOKS = 120  # within SPAN at one open page from one address


def workplaces(person_id: int) -> Sequence[Any]:
    """The companies a person works in (id, name, timezone, currency, country), the one where they arrive first."""
    return fetch(SQL.workplaces.text(frozenset()), {"person": person_id})


def _signs(mail: str, address: str) -> dict[str, str]:
    given = {"both": f"{mail.lower()}|{address}", "mail": mail.lower(), "address": f"|{address}"}
    return {name: hashlib.sha256(f"{name}:{text}".encode()).hexdigest() for name, text in given.items()}


def too_many(mail: str, address: str) -> bool:
    """Whether this mail address or network address failed so often in the last 15 minutes that it must wait."""
    signs = _signs(mail, address)
    values = {"who": list(signs.values()), "since": clock.now() - SPAN}
    counted = {row.who: row.n for row in fetch(SQL.failures.text(frozenset()), values)}
    return any(counted.get(sign, 0) >= LIMITS[name] for name, sign in signs.items())


def note_failure(mail: str, address: str) -> None:
    """Count a failure."""
    fetch(SQL.note_failure.text(frozenset()), {"who": list(_signs(mail, address).values()), "now": clock.now()})


def looks_too_often(page: str, address: str) -> bool:
    """Whether this network address looked at a page that asks for no sign-in more than LOOKS times in the last 15 minutes."""
    who = hashlib.sha256(f"look:{page}|{address}".encode()).hexdigest()
    now = clock.now()
    (row,) = fetch(SQL.look.text(frozenset()), {"who": who, "since": now - SPAN, "now": now, "most": LOOKS})
    return bool(row.n >= LOOKS)


def forgive(mail: str, address: str) -> None:
    """Somebody got in: what failed for them from this address no longer counts."""
    fetch(SQL.forgive.text(frozenset()), {"who": [_signs(mail, address)["both"]]})
