"""n good rows for every command of billing."""

import importlib.util
from decimal import Decimal as D
from pathlib import Path

import growth

from orderway.billing.commands.credit import CreditReturned
from orderway.billing.commands.pay import Pay
from orderway.billing.commands.prepay import Prepay
from orderway.billing.commands.sell import Sell
from orderway.kernel.registry import Ref
from orderway.kernel.running import run
from orderway.kernel.sql import fetch
from orderway.orders.commands.place import PlaceLine

_spec = importlib.util.spec_from_file_location("growing_goods", Path(__file__).parents[1] / "fulfilment" / "growing.py")
assert _spec
assert _spec.loader
goods = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(goods)


def delivered(shop, n):
    rows = fetch("select order_id from shipment where id = any(%(s)s::bigint[])", {"s": goods.shipped(shop, n)})
    return [Ref(row.order_id) for row in rows]


def issued(shop, n):
    return run("billing.issue", shop.accountant, delivered(shop, n)).values["invoices"]


def _pay(shop, n):
    rows = fetch("select id, due from invoice where id = any(%(i)s::bigint[])", {"i": list(issued(shop, n))})
    return [Pay(row.id, row.due) for row in rows]


def _returned(shop, n):
    orders = fetch("select order_id from invoice where id = any(%(i)s::bigint[])", {"i": list(issued(shop, n))})
    ids = [row.order_id for row in orders]
    rows = fetch(
        "select id, order_id from order_line where order_id = any(%(o)s::bigint[]) and delivered > 0", {"o": ids}
    )
    run(
        "fulfilment.take_back",
        shop.warehouse,
        [goods.TakeBack(row.order_id, shop.warehouses["main"], [(row.id, D(1))], "too many") for row in rows],
    )
    return [CreditReturned(id, "too many") for id in ids]


def _sales(shop, n):
    return [Sell([PlaceLine(shop.items["PAP-A4-80"], D(1))], "cash", shop.customers["10001"])] * n


def _overdue(shop, n):
    """Issued invoices whose due day is long over, of a customer with a mail address."""
    ids = list(issued(shop, n))
    fetch("update party set email = 'books@example.org' where company_id = %(c)s", {"c": shop.company})
    fetch("update invoice set due_on = due_on - 60 where id = any(%(i)s::bigint[])", {"i": ids})
    return [Ref(id) for id in ids]


CASES = {
    "billing.draft": lambda shop, n: [Ref(id) for id in growth.confirmed(shop, n)],
    "billing.issue": delivered,
    "billing.issue_prepayment": lambda shop, n: [Prepay(id, D(30)) for id in growth.confirmed(shop, n)],
    "billing.pay": _pay,
    "billing.credit_returned": _returned,
    "billing.sell": _sales,
    "billing.remind": _overdue,
    "billing.send_reminders": _overdue,
    "billing.settle_orders": lambda shop, n: [Ref(id) for id in growth.confirmed(shop, n)],
}
