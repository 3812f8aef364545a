"""Who acts, and which rows they see."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

ROLES: tuple[str, ...] = ("manager", "accountant", "quality", "planner", "production")
ROLES += ("warehouse", "purchasing", "administrator", "auditor")
SYSTEM = "system"


class NotAllowed(Exception):
    """The actor's roles do not hold this verb."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or the company's system actor) at work in one company.

    `on_behalf_of` names the person a reaction or deputy acts for. `scopes`, when not None, narrows an API token to those verbs.
    """

    id: int
    company_id: int
    roles: frozenset[str] = frozenset()
    departments: tuple[int, ...] = ()
    name: str = ""
    on_behalf_of: int | None = None
    scopes: frozenset[str] | None = None

    @property
    def person(self) -> int | None:
        """Who did it: the person, or whom the system acts for; None when nobody did."""
        return self.id or self.on_behalf_of

    def holds(self, verb: str, roles: frozenset[str]) -> bool:
        """Whether this actor may use `verb`, which is open to `roles`; the system actor may use all of them."""
        if self.scopes is not None and verb not in self.scopes:
            return False
        return SYSTEM in self.roles or bool(self.roles & roles)

    def parameters(self) -> Mapping[str, Any]:
        """The values every statement may use under these names."""
        return _parameters(self)


@lru_cache(1_000)
def _parameters(who: Actor) -> Mapping[str, Any]:
    told = {"company": who.company_id, "actor": who.id, "on_behalf_of": who.on_behalf_of}
    return told | {"departments": list(who.departments), "roles": sorted(who.roles)}


def system_actor(company_id: int, on_behalf_of: int | None = None) -> Actor:
    """Who acts when nobody does: reactions, process steps and the clock (actor id 0)."""
    return Actor(0, company_id, frozenset({SYSTEM}), name="Orderway", on_behalf_of=on_behalf_of)


_narrower: dict[str, str] = {}


def rows_visible(table: str, condition: str) -> None:
    """Narrow what a role sees of `table` beyond its company; `{t}` in `condition` stands for the alias."""
    _narrower[table] = condition


def visible(table: str, alias: str) -> str:
    """The SQL condition of `table` under `alias`: the company's rows, and of these what the roles see (all, within a command)."""
    company = f"{alias}.company_id = %(company)s::bigint"
    narrower = _narrower.get(table)
    return f"({company} and (%(within)s::boolean or {narrower.format(t=alias)}))" if narrower else company
