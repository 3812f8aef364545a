"""One more day of the demo company, hour by hour by a virtual clock: the same seed on the same company gives the same day.

Everything happens through commands, each step in a transaction of its own, so that the live maps move while it goes on.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources
from random import Random
from typing import Any

from django.db import transaction
from django.db.models import Max

from orderway.kernel import clock
from orderway.kernel.models import CommandLog, Event
from orderway.kernel.running import ask
from orderway.orders.models import SalesOrder
from orderway.workflow.commands import notices
from orderway.workflow.commands.proceed import StartMap
from orderway.workflow.commands.publish import PublishMap
from orderway.workflow.commands.work import CompleteWork

from . import floor
from .history import Step, steps
from .house import ZONE, House, did, every, moment, settle, system, working_day_after
from .matters import complained_of

LIVED, SIMULATED = "demo/day/", "demo/simulated/"
FIRST, LAST = 6, 18  # hours
LATE = "work.late"  # no event: what is due is only not done
TOLD = frozenset(
    (
        "order.placed",
        "order.held",
        "order.resumed",
        "order.cancelled",
        "order.short_shipped",
        "order.completed",
        "job_ticket.started",
        "job_ticket.finished",
        "shipment.shipped",
        "shipment.delivered",
        "goods.taken_back",
        "invoice.issued",
        "invoice.paid",
        "process.started",
        "work.reminded",
        "work.escalated",
    )
)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened: the time of day, the event's name (or LATE), the order's id and number, and of what is late the
    map and the step."""

    at: str
    name: str
    order: int
    number: str
    map: str = ""
    step: str = ""


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour that is over: how many orders are on each map (by its name), how much open work is late, and what happened."""

    hour: int
    on_maps: dict[str, int]
    late: int
    happenings: tuple[Happening, ...]


def next_day() -> date:
    """The first working day that neither was lived nor simulated, and is still to come."""
    keys = CommandLog.objects.filter(key__startswith="demo/").values_list("key", flat=True)
    known = [
        date.fromisoformat(key[len(head) :]) for head in (LIVED, SIMULATED) for key in keys if key.startswith(head)
    ]
    return working_day_after(max([*known, clock.today(str(ZONE))]), 1)


def simulate(house: House, day: date, seed: int) -> Iterator[Hour]:
    """Let a day happen, an hour at a time. A day that was begun is never begun again: see `next_day`."""
    planned = [*steps(house, day, seed), *_complaint(house, day, seed)]
    planned += [(moment(day, hour, 45), _presses(house, day, hour)) for hour in range(FIRST + 1, LAST)]
    planned += [(moment(day, hour, 30), settle) for hour in range(FIRST, LAST + 1)]  # the clock looks for what is due
    planned.sort(key=lambda one: one[0])
    since = moment(day, FIRST)
    for hour in range(FIRST, LAST + 1):
        happenings: list[Happening] = []
        for at, step in (one for one in planned if one[0].hour == hour):
            happenings += _happen(house, since, at, step)
            since = at
        with clock.at(moment(day, hour, 59)):
            yield _hour(house, hour, happenings)


def _presses(house: House, day: date, hour: int) -> Step:
    """The press room every hour and not only in the evening, so that what it did is told in its hour."""
    return lambda: floor.presses_run(house, day, moment(day, hour - 1, 45), moment(day, hour, 45))


def _happen(house: House, since: datetime, at: datetime, step: Step) -> list[Happening]:
    """One step with everything that reacts to it, in one transaction: no worker takes a part of it at another time.

    What became due between the step before and this one, and was not done until then, is late.
    """
    with transaction.atomic(), clock.at(at):
        mark = Event.objects.aggregate(last=Max("id"))["last"] or 0
        late = [item for item in _overdue(house) if item.due_at > since]
        step()
        settle()
        if notices.drain():
            settle()
        events = Event.objects.filter(id__gt=mark, company_id=house.company, name__in=TOLD, root_type="order")
        found = [(item.due_at, LATE, item.subject_id, item.map, item.node) for item in late]
        found += [(one.at, one.name, one.root_id, "", "") for one in _worth_telling(events.order_by("id"))]
        numbers = dict(SalesOrder.objects.filter(id__in={row[2] for row in found}).values_list("id", "number"))
    return [
        Happening(f"{when.astimezone(ZONE):%H:%M}", name, order, numbers[order], map, node)
        for when, name, order, map, node in sorted(found, key=lambda row: row[0])
    ]


def _worth_telling(events: Iterable[Event]) -> list[Event]:
    """That a placed order goes its way is told with its placing; another way begins when somebody sends it there."""
    rows = list(events)
    placed = {one.root_id for one in rows if one.name == "order.placed"}
    return [one for one in rows if one.name != "process.started" or one.root_id not in placed]


def _overdue(house: House) -> list[Any]:
    rows = every("workflow.work", house.who("administrator"), which="all")
    return [item for item in rows if item.subject_type == "order" and item.due_at and item.due_at <= clock.now()]


def _hour(house: House, hour: int, happenings: list[Happening]) -> Hour:
    maps = ask("workflow.maps", house.who("administrator"))
    running = {row.key: row.running for row in maps if row.subject_type == "order"}
    return Hour(hour, running, len(_overdue(house)), tuple(happenings))


def _complaint(house: House, day: date, seed: int) -> list[tuple[datetime, Step]]:
    """A customer complains in the morning, nobody answers within the four hours that the map gives, the quality manager is told."""
    random = Random(f"{seed}/{day.toordinal()}/complaint")  # noqa: S311

    def begins() -> None:
        text = resources.files("orderway.workflow").joinpath("gallery", "complaint.bpmn").read_text("utf-8")
        did("workflow.publish", system(house), [PublishMap(text)], f"{SIMULATED}{day}")

    def comes() -> None:
        shipments = every("fulfilment.shipments", house.who("warehouse"), state="delivered")
        orders = sorted({row.order_number: row.order_id for row in shipments}.items())
        busy = complained_of(house)
        free = [order for _, order in orders if order not in busy]
        did("workflow.start", house.who("manager"), [StartMap("complaint", random.choice(free))] if free else [])

    def is_answered() -> None:
        given = {"matter": "Kartons waren eingedrückt", "severity": "low"}
        rows = [CompleteWork(row.id, "noted", given, ("answered",)) for row in _complaints(house)]
        did("workflow.complete", house.who("manager"), rows)

    return [(moment(day, 6, 1), begins), (moment(day, 9, 25), comes), (moment(day, 15, 20), is_answered)]


def _complaints(house: House) -> list[Any]:
    return list(every("workflow.work", house.who("manager"), which="all", node="note"))
