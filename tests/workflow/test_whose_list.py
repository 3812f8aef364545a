"""What stands in whose list is what a slow look over all work, roles, hands and absences finds (DX-03)."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest
from workflow_trial import SYSTEM, drawing, flows, publish, trials, work

from orderway.kernel import clock
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.people.commands import AdmitPerson
from orderway.people.commands.absences import DecideAbsence, RequestAbsence
from orderway.people.queries import actor_of
from orderway.workflow.commands.proceed import StartMap

pytestmark = pytest.mark.usefixtures("trial")
MONDAY = datetime(2026, 7, 6, 8, tzinfo=UTC)
ROLES = ("manager", "accountant", "quality", "planner", "production")
PEOPLE, ITEMS = 12, 40


@pytest.fixture(autouse=True)
def monday(trial: Any) -> Iterator[None]:
    with clock.at(MONDAY):
        yield


class Office:
    """Who holds which roles, whose hands work is in, and who stands in for whom, in a notebook of its own."""

    def __init__(self, shop: Any, luck: Random) -> None:
        self.shop, self.luck = shop, luck
        self.roles = [set(luck.sample(ROLES, luck.randint(1, 2))) for _ in range(PEOPLE)]
        rows = [
            AdmitPerson(f"p{n}@kessler.example", f"P {n}", sorted(r), sorted(r)[0]) for n, r in enumerate(self.roles)
        ]
        self.people = [actor_of(id, shop.company) for id in run("people.admit", SYSTEM, rows).done]
        self.deputy: dict[int, int] = {}
        self.hands: dict[int, int | None] = {}
        self.needs: dict[int, str] = {}

    def work_comes(self) -> None:
        publish(*[drawing(work("a", role=role) + flows("s a e"), f"of_{role}") for role in ROLES])
        starts = [StartMap(f"of_{self.luck.choice(ROLES)}", id) for id in trials(ITEMS)]
        assert run("workflow.start", SYSTEM, starts).ok
        for row in ask("workflow.work", self.shop.administrator, which="all", size=200).rows:
            if row.map.startswith("of_"):
                self.needs[row.id], self.hands[row.id] = row.role, None

    def some_is_taken(self) -> None:
        for id, role in self.needs.items():
            holders = [n for n, roles in enumerate(self.roles) if role in roles]
            if holders and self.luck.random() < 0.5:
                self.hands[id] = self.luck.choice(holders)
                assert run("workflow.claim", self.people[self.hands[id]], [Ref(id)]).ok

    def some_are_away(self) -> None:
        for n in self.luck.sample(range(PEOPLE), 5):
            deputy = self.luck.choice([m for m in range(PEOPLE) if m != n and n not in self.chain(m)])
            day, boss = date(2026, 7, 6), self.shop.administrator
            row = RequestAbsence(day, day, boss.id, self.people[deputy].id)
            asked = run("people.request_absence", self.people[n], [row])
            assert asked.ok, asked.refused
            assert run("people.decide_absence", boss, [DecideAbsence(asked.done[0])]).ok
            self.deputy[n] = deputy

    def chain(self, n: int) -> set[int]:
        """The deputies of somebody, theirs, and so on."""
        found: set[int] = set()
        while (n := self.deputy.get(n, -1)) >= 0 and n not in found:
            found.add(n)
        return found

    def lists(self, n: int) -> dict[str, set[int]]:
        """What a slow look finds for somebody."""
        roles, stood = self.roles[n], [m for m in range(PEOPLE) if n in self.chain(m)]
        theirs = {role for m in stood for role in self.roles[m]}
        mine = {id for id, hand in self.hands.items() if hand == n}
        free = {id for id, hand in self.hands.items() if hand is None and self.needs[id] in roles}
        acting = {id for id, hand in self.hands.items() if hand in stood}
        acting |= {id for id, hand in self.hands.items() if hand is None and self.needs[id] in theirs - roles}
        return {"mine": mine, "free": free, "acting": acting, "waiting": mine | free | acting}


@pytest.mark.parametrize("seed", range(6))
def test_every_list_of_everybody_holds_what_is_theirs_and_nothing_else(shop: Any, seed: int) -> None:
    office = Office(shop, Random(seed))
    office.work_comes()
    office.some_is_taken()
    if seed % 2:
        office.some_are_away()
    for n, person in enumerate(office.people):
        for which, ids in office.lists(n).items():
            rows = ask("workflow.work", person, which=which, size=200).rows
            assert {row.id for row in rows if row.id in office.needs} == ids, (n, which)
        for id in office.needs:
            seen = ask("workflow.work_item", person, id=id)
            assert (
                seen is None
                or office.needs[id] in office.roles[n]
                or id in office.lists(n)["waiting"] | _looks_over(person, id)
            )


def _looks_over(person: Any, id: int) -> set[int]:
    """Who leads, administers or audits sees all work."""
    return {id} if person.roles & {"manager", "administrator", "auditor"} else set()
