"""n good rows for every command of production."""

import importlib.util
from datetime import timedelta
from decimal import Decimal as D
from pathlib import Path

from orderway.catalog.commands import AddItem
from orderway.kernel import clock
from orderway.kernel.access import system_actor
from orderway.kernel.registry import Ref
from orderway.kernel.running import run
from orderway.kernel.sql import fetch
from orderway.orders.commands.proceed import HoldOrder
from orderway.production.commands.estimate import EstimateSpec
from orderway.production.commands.plan import FinishTicket, PlanTicket
from orderway.production.commands.set_up import DescribePaper, SetMachine
from orderway.production.commands.specify import OrderPrint

_spec = importlib.util.spec_from_file_location("growing_press_room", Path(__file__).with_name("press_room.py"))
assert _spec
assert _spec.loader
press_room = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(press_room)
# the count runs on the present day, whatever day the stories are told on
SOON = {"deadline": clock.now().date() + timedelta(days=30)}


def _refs(ids):
    return [Ref(id) for id in ids]


def _equipped(make):
    """The case in a press room; it may be set up twice."""

    def rows(shop, n):
        known = fetch("select id from item where number = 'BD-135' and company_id = %(c)s", {"c": shop.company})
        if not known:
            press_room.set_up(shop)
        return make(shop, n)

    return rows


def _papers(shop, n):
    rows = [AddItem(f"PAPER-{n}-{i}", "Paper") for i in range(n)]
    ids = run("catalog.add_items", system_actor(shop.company), rows).done
    return [DescribePaper(id, "Offset", D(90), D(430), D(610), "long", D(50)) for id in ids]


def _specs(shop, n):
    orders = press_room.specified(shop, count=n, **SOON)
    rows = fetch("select id from print_spec where order_id = any(%(o)s::bigint[]) order by id", {"o": orders})
    return [row.id for row in rows]


def _tickets(shop, n):
    """The press's ticket of each of n orders, each to stand on a press of its own."""
    orders = press_room.with_tickets(shop, count=n, **SOON)
    presses = [
        SetMachine(f"press-{n}-{i}", f"Press {i}", "press", D(100), 10, 8000, D(530), D(740), 4) for i in range(n)
    ]
    machines = run("production.set_machines", system_actor(shop.company), presses).done
    rows = fetch(
        "select id from job_ticket where order_id = any(%(o)s::bigint[]) and position = 1 order by id", {"o": orders}
    )
    return [
        PlanTicket(row.id, clock.now() + timedelta(hours=1), machine)
        for row, machine in zip(rows, machines, strict=True)
    ]


def _planned(shop, n):
    return _refs(run("production.plan", system_actor(shop.company), _tickets(shop, n)).done)


def _running(shop, n):
    return [FinishTicket(id, D(5000)) for id in run("production.start", shop.production, _planned(shop, n)).done]


def _cancelled(shop, n):
    orders = press_room.with_tickets(shop, count=n, **SOON)
    return _refs(run("orders.cancel", shop.manager, [HoldOrder(id, "not wanted") for id in orders]).done)


def _ordered(shop, n):
    form = {**press_room.LETTERHEAD, **SOON}
    return [OrderPrint(shop.customers["10001"], shop.items["LETTER-A4"], **form)] * n


CASES = {
    "production.set_machines": lambda _, n: [SetMachine(f"m{i}", f"M {i}", "finishing", D(1), 1, 1) for i in range(n)],
    "production.describe_papers": _papers,
    "production.specify": _equipped(
        lambda shop, n: [press_room.form(id, **SOON) for id in press_room.placed(shop, count=n)]
    ),
    "production.order": _equipped(_ordered),
    "production.estimate": _equipped(lambda shop, n: [EstimateSpec(id, [1000], D(30)) for id in _specs(shop, n)]),
    "production.make_papers": _equipped(lambda shop, n: _refs(press_room.specified(shop, count=n, **SOON))),
    "production.plan": _equipped(_tickets),
    "production.start": _equipped(_planned),
    "production.finish": _equipped(_running),
    "production.withdraw_tickets": _equipped(_cancelled),
}
