"""For every command: how to make n good rows. The growth test and the growth benchmark run them at several sizes."""

import importlib.util
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal as D
from pathlib import Path
from typing import Any

from django.db import connection

from orderway.catalog.commands import AddItem, SetPrice, SetTaxRate
from orderway.kernel.access import system_actor
from orderway.kernel.registry import Ref, commands
from orderway.kernel.running import run
from orderway.kernel.sql import fetch
from orderway.orders.commands.comment import CommentOrder
from orderway.orders.commands.copy import CopyOrder
from orderway.orders.commands.deliver import ShortShip
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.orders.commands.proceed import HoldOrder
from orderway.orders.commands.verify import WaiveFinding
from orderway.parties.commands import ChangeParty, LearnKey, TakeOn
from orderway.people.commands import AdmitPerson, FoundCompany, OpenDepartment
from orderway.people.commands.noting import KeepView
from orderway.stock.commands import Move, OpenWarehouse

# words that the kernel fills into a statement's text, with a value to prepare it by
TEMPLATES = {
    "{table}": "sales_order",
    "{root_column}": "id",
    "{parts}": "",
    "{sets}": "hold_reason = ''",
    "{list}": "select 'EUR' as currency, 0 as net",
    "{touched}": "select 1 as customer_id, '' as customer, '' as channel, current_date as ordered_on, 0 as touches",
}
SINCE = date(2020, 1, 1)
Rows = Callable[[Any, int], Sequence[Any]]


def placed(shop: Any, n: int) -> list[int]:
    """n placed orders of two lines."""
    lines = [PlaceLine(shop.items["PAP-A4-80"], D(1)), PlaceLine(shop.items["DESIGN-H"], D(1))]
    return list(run("orders.place", shop.manager, [PlaceOrder(shop.customers["10001"], lines)] * n).done)


def confirmed(shop: Any, n: int) -> list[int]:
    """n confirmed orders."""
    return list(run("orders.confirm", shop.manager, [Ref(id) for id in placed(shop, n)]).done)


def held(shop: Any, n: int) -> list[int]:
    """n held orders."""
    return list(run("orders.hold", shop.manager, [HoldOrder(id, "wait") for id in placed(shop, n)]).done)


def cancelled(shop: Any, n: int) -> list[int]:
    """n cancelled orders."""
    return list(run("orders.cancel", shop.manager, [HoldOrder(id, "not wanted") for id in placed(shop, n)]).done)


def _holds(shop: Any, n: int) -> list[Ref]:
    for id in placed(shop, n):
        run("orders.hold", shop.manager, [HoldOrder(id, "wait")])
    ids = fetch(
        "select distinct command_id as id from event where name = 'order.held' order by 1 desc limit %(n)s::integer",
        {"n": n},
    )
    return [Ref(row.id) for row in ids]


def _refs(ids: Sequence[int]) -> list[Ref]:
    return [Ref(id) for id in ids]


def waiting_levels(shop: Any, n: int) -> list[Ref]:
    """A new item a row, wanted by a confirmed order, which has just come in."""
    items = run(
        "catalog.add_items", system_actor(shop.company), [AddItem(f"W-{n}-{i}", "Scarce") for i in range(n)]
    ).done
    orders = [PlaceOrder(shop.customers["10001"], [PlaceLine(item, D(5), D(1))]) for item in items]
    run("orders.confirm", shop.manager, _refs(run("orders.place", shop.manager, orders).done))
    return _refs(run("stock.move", shop.warehouse, [Move(item, shop.warehouses["main"], D(9)) for item in items]).done)


def _lines(shop: Any, n: int) -> list[int]:
    ids = placed(shop, n)
    return [
        r.id
        for r in fetch(
            "select min(id) as id from order_line where order_id = any(%(i)s::bigint[]) group by order_id", {"i": ids}
        )
    ]


def _finished(shop: Any, n: int) -> list[Ref]:
    ids = confirmed(shop, n)
    fetch(
        "update order_line set delivered = quantity, invoiced = quantity where order_id = any(%(i)s::bigint[])",
        {"i": ids},
    )
    fetch("update sales_order set settled = true where id = any(%(i)s::bigint[])", {"i": ids})
    return _refs(ids)


def _findings(shop: Any, n: int) -> list[WaiveFinding]:
    ids = placed(shop, n)
    run("orders.verify", shop.manager, _refs(ids), partial=True)
    rows = fetch("select id from finding where order_id = any(%(i)s::bigint[]) and check_name = 'address'", {"i": ids})
    return [WaiveFinding(row.id, "known to us") for row in rows]


def _noticed(shop: Any, n: int) -> list[Ref]:
    """n notices of whoever runs the command."""
    rows = fetch(
        "insert into notice (company_id, person_id, by_id, subject_type, subject_id, label, text, at)"
        " select %(c)s::bigint, %(p)s::bigint, %(p)s::bigint, 'order', 1, '', '', now() from generate_series(1, %(n)s::integer) returning id",
        {"c": shop.company, "p": shop.manager.id, "n": n},
    )
    return _refs([row.id for row in rows])


def _kept_views(shop: Any, n: int) -> list[Ref]:
    return _refs(run("people.keep_view", shop.manager, [KeepView("/orders", f"Drop {i}") for i in range(n)]).done)


CASES: dict[str, Rows] = {
    "kernel.undo": _holds,
    "people.found": lambda _, n: [FoundCompany(f"Firm {i}", "DE", "EUR") for i in range(n)],
    "people.open_departments": lambda _, n: [OpenDepartment(f"d{i}", f"Department {i}") for i in range(n)],
    "people.admit": lambda _, n: [AdmitPerson(f"p{i}@growth.example", f"P {i}", ["manager"]) for i in range(n)],
    "parties.take_on": lambda _, n: [TakeOn(f"Customer {i}", "DE", vat_id=f"DE1{i:08}") for i in range(n)],
    "parties.change": lambda shop, n: [
        ChangeParty(id, email=f"c{id}@growth.example")
        for id in run("parties.take_on", shop.manager, [TakeOn(f"Changed {i}", "DE") for i in range(n)]).done
    ],
    "parties.learn": lambda shop, n: [LearnKey(shop.customers["10001"], "GLN", f"4{i:012}") for i in range(n)],
    "catalog.add_items": lambda _, n: [AddItem(f"G-{n}-{i}", f"Item {i}") for i in range(n)],
    "catalog.set_prices": lambda shop, n: [
        SetPrice(shop.items["ENV-DL"], D(1), SINCE, min_quantity=D(2 + i)) for i in range(n)
    ],
    "catalog.set_tax_rates": lambda _, n: [SetTaxRate("DE", f"class{i}", D(19), SINCE) for i in range(n)],
    "stock.open_warehouses": lambda _, n: [OpenWarehouse(f"w{i}", f"Warehouse {i}", 3 + i) for i in range(n)],
    "stock.move": lambda shop, n: [Move(shop.items["PAP-A4-80"], shop.warehouses["main"], D(1))] * n,
    "orders.place": lambda shop, n: [PlaceOrder(shop.customers["10001"], [PlaceLine(shop.items["ENV-DL"], D(1))])] * n,
    "orders.confirm": lambda shop, n: _refs(placed(shop, n)),
    "orders.hold": lambda shop, n: [HoldOrder(id, "wait") for id in placed(shop, n)],
    "orders.resume": lambda shop, n: _refs(held(shop, n)),
    "orders.cancel": lambda shop, n: [HoldOrder(id, "not wanted") for id in placed(shop, n)],
    "orders.serve_waiting": waiting_levels,
    "orders.short_ship": lambda shop, n: [ShortShip(id, D("0.5"), "out of print") for id in _lines(shop, n)],
    "orders.complete": _finished,
    "orders.send_on_way": lambda shop, n: _refs(placed(shop, n)),
    "orders.label_parcels": lambda shop, n: _refs(placed(shop, n)),
    "orders.archive_filed": lambda shop, n: _refs(placed(shop, n)),
    "orders.comment": lambda shop, n: [CommentOrder(id, "@Manager look") for id in placed(shop, n)],
    "people.see_notices": _noticed,
    "people.keep_view": lambda shop, n: [KeepView("/orders", f"View {i}", "late=1", shop.manager.id) for i in range(n)],
    "people.drop_views": _kept_views,
    "orders.leave_maps": lambda shop, n: _refs(cancelled(shop, n)),
    "orders.go_on": lambda shop, n: _refs(placed(shop, n)),
    "orders.archive": lambda shop, n: _refs(placed(shop, n)),
    "orders.verify": lambda shop, n: _refs(placed(shop, n)),
    "orders.waive": _findings,
    "orders.copy": lambda shop, n: [CopyOrder(id) for id in placed(shop, n)],
    "orders.allocate": lambda shop, n: _refs(confirmed(shop, n)),
}


def _of_packages() -> dict[str, Rows]:
    """The cases that a package keeps beside its own tests, in tests/<package>/growing.py."""
    found: dict[str, Rows] = {}
    for file in sorted(Path(__file__).parents[1].glob("*/growing.py")):
        spec = importlib.util.spec_from_file_location(f"growing_{file.parent.name}", file)
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found |= module.CASES
    return found


CASES |= _of_packages()
CASES |= {name: lambda _, n: [Ref(id) for id in range(1, n + 1)] for name in commands if name.startswith("papers.")}


def count_statements(shop: Any, name: str, n: int) -> int:
    """How many statements the command `name` runs for n rows, savepoints left out; all rows must be done."""
    rows = CASES[name](shop, n)
    seen: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        outcome = run(name, system_actor(shop.company), rows, partial=True)
    assert not outcome.refused, outcome.refused
    assert len(outcome.done) == n
    return sum(1 for sql in seen if "SAVEPOINT" not in sql)
