"""The demo company as the history sees it: its people as actors, its things by number, and the way commands are run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from orderway.catalog.models import Item
from orderway.kernel import reacting
from orderway.kernel.access import Actor, system_actor
from orderway.kernel.outcome import Outcome
from orderway.kernel.running import ask, run
from orderway.parties.models import Party
from orderway.people.models import Person
from orderway.people.queries import actor_of
from orderway.stock.models import Warehouse
from orderway.workflow.commands import proceed
from orderway.workflow.commands.work import CompleteWork

from .company import COMPANY, MAIL_DOMAIN, PEOPLE

ZONE = ZoneInfo(COMPANY.timezone)


@dataclass(frozen=True, slots=True)
class House:
    """Actors by mail name and by role (the first who holds it), ids of items, customers and warehouses by number or key."""

    company: int
    people: Mapping[str, Actor]
    items: Mapping[str, int]
    customers: Mapping[str, int]
    warehouses: Mapping[str, int]

    def who(self, role: str) -> Actor:
        """The person who does the work of a role."""
        return self.people[next(mail for mail, _, roles, _ in PEOPLE if role in roles)]


def house_of(company: int) -> House:
    """Look the demo company up by its id."""
    ids = dict(Person.objects.filter(company_id=company).values_list("email", "id"))
    actors = {mail: actor_of(ids[f"{mail}@{MAIL_DOMAIN}"], company) for mail, *_ in PEOPLE}
    return House(
        company,
        {mail: actor for mail, actor in actors.items() if actor},
        dict(Item.objects.filter(company_id=company).values_list("number", "id")),
        dict(Party.objects.filter(company_id=company).values_list("number", "id")),
        dict(Warehouse.objects.filter(company_id=company).values_list("key", "id")),
    )


class DemoBroken(Exception):
    """A command refused what the demo is made of: a mistake in the demo, not of the person who filled it."""


def did(name: str, actor: Actor, rows: Sequence[Any], key: str | None = None) -> Outcome:
    """Run a command that must succeed. Raises DemoBroken when something was refused."""
    outcome = run(name, actor, rows, key=key) if rows else Outcome()
    if outcome.refused:
        raise DemoBroken(f"{name}: {outcome.refused[0].code} {dict(outcome.refused[0].facts)}")
    return outcome


def tried(name: str, actor: Actor, rows: Sequence[Any]) -> Outcome:
    """Run a command on what can be done of the set."""
    return run(name, actor, rows, partial=True) if rows else Outcome()


def finish_work(house: House, role: str, done: Sequence[tuple[Any, CompleteWork]]) -> None:
    """Work items (as listed) are finished by whom they were given to, those that are nobody's yet by who does the work of the role."""
    people = {actor.id: actor for actor in house.people.values()}
    by_hand: dict[Actor, list[CompleteWork]] = {}
    for item, row in done:
        by_hand.setdefault(people.get(item.assignee_id, house.who(role)), []).append(row)
    for actor, rows in sorted(by_hand.items(), key=lambda one: one[0].id):  # one a person
        did("workflow.complete", actor, rows)


def every(name: str, actor: Actor, **asked: Any) -> Iterator[Any]:
    """All rows of a list, page by page."""
    after: str | None = None
    while True:
        found = ask(name, actor, after=after, size=200, **asked)
        yield from found.rows
        if not (after := found.next):
            return


def settle() -> None:
    """Let everything react and every map go on, until nothing is left to do."""
    while reacting.drain() + proceed.drain():
        pass


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """A time of day where the company is."""
    return datetime.combine(day, time(hour, minute), ZONE)


def is_working_day(day: date) -> bool:
    """Monday to Friday."""
    return day.weekday() < 5


def working_day_after(day: date, days: int) -> date:
    """The day so many working days later."""
    for _ in range(days):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return day


def system(house: House) -> Actor:
    """The company's own actor, for what no person does."""
    return system_actor(house.company)
