"""Who somebody is at work."""

from dataclasses import dataclass
from typing import Any

from orderway.kernel.access import Actor
from orderway.kernel.context import Reader
from orderway.kernel.registry import query
from orderway.kernel.sql import fetch, statements

SQL = statements("people", "persons")


def actor_of(person_id: int, company_id: int) -> Actor | None:
    """The person as an actor in one company, or None when they hold no role there or may not sign in."""
    rows = fetch(SQL.actor.text(frozenset()), {"person": person_id, "company": company_id})
    if not rows or not rows[0].roles:
        return None
    row = rows[0]
    return Actor(person_id, company_id, frozenset(row.roles), tuple(row.departments), row.name)


@dataclass(frozen=True)
class Everyone:
    """Ask for all persons; `role` narrows."""

    role: str | None = None


@query("people.persons", Everyone)
def persons(ctx: Reader, asked: Everyone) -> list[Any]:
    """The people of the company with their roles, by name."""
    return ctx.fetch(SQL.persons, role=asked.role)
