"""Growth cases of messages."""

from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

from orderway.documents.printing import FilePaper
from orderway.documents.store import store
from orderway.kernel.access import system_actor
from orderway.kernel.registry import Ref
from orderway.kernel.running import run
from orderway.kernel.sql import fetch
from orderway.mail.commands import NoteFailed, NoteSent, WriteMessage
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.parties.commands import TakeOn
from orderway.people.commands.absences import RequestAbsence


def letters(n: int) -> list[WriteMessage]:
    return [WriteMessage([f"a{i}@growth.example"], "Hello", "Text.", f"growth:{n}:{i}") for i in range(n)]


def written(shop: Any, n: int) -> list[int]:
    return list(run("mail.write", system_actor(shop.company), letters(n)).done)


def refs(ids: list[int]) -> list[Ref]:
    return [Ref(id) for id in ids]


def to_reach(shop: Any, n: int) -> list[PlaceOrder]:
    """n orders of a customer who can be written to."""
    row = TakeOn(f"Reached {n}", "DE", email="reached@growth.example", city="Weismain")
    (customer,) = run("parties.take_on", system_actor(shop.company), [row]).done
    return [PlaceOrder(customer, [PlaceLine(shop.items["PAP-A4-80"], D(1))])] * n


def placed(shop: Any, n: int) -> list[int]:
    return list(run("orders.place", shop.manager, to_reach(shop, n)).done)


def _away(shop: Any, n: int) -> list[int]:
    days = [date(2100, 1, 1) + timedelta(days=400 * n + i) for i in range(n)]
    rows = [RequestAbsence(day, day, shop.manager.id, person=shop.quality.id) for day in days]
    return list(run("people.request_absence", system_actor(shop.company), rows).done)


def _papers(shop: Any, n: int) -> list[Ref]:
    digest = store().keep(shop.company, b"%PDF-1.7 growth").sha256
    parcels = fetch("select id, parcel_id from sales_order where id = any(%(i)s::bigint[])", {"i": placed(shop, n)})
    papers = [FilePaper(order.parcel_id, "order_confirmation", "c.pdf", digest, "order", order.id) for order in parcels]
    return refs(list(run("documents.file_papers", system_actor(shop.company), papers).done))


def _shipments(shop: Any, n: int) -> list[Ref]:
    """Shipped shipments, as far as the mail reads them."""
    orders = refs(placed(shop, n))
    run("orders.confirm", shop.manager, orders)
    run("orders.allocate", shop.manager, orders)
    shipments = run("fulfilment.release", shop.warehouse, orders).values["shipments"]
    fetch("update shipment_line set picked = quantity where shipment_id = any(%(s)s::bigint[])", {"s": list(shipments)})
    fetch(
        "update shipment set state = 'shipped', number = 'G' || id, tracking = '1' where id = any(%(s)s::bigint[])",
        {"s": list(shipments)},
    )
    return refs(list(shipments))


def _bills(shop: Any, n: int) -> list[Ref]:
    """Filed invoices, as far as the mail reads them."""
    orders = placed(shop, n)
    rows = fetch(
        "insert into invoice (company_id, order_id, customer_id, kind, state, number, currency, net, tax, gross, prepaid, due, paid,"
        " reason, issued_on, due_on) select company_id, id, customer_id, 'invoice', 'issued', 'G' || number, currency, 1, 0, 1, 0, 1, 0,"
        " '', ordered_on, ordered_on from sales_order where id = any(%(i)s::bigint[]) returning id, order_id",
        {"i": orders},
    )
    digest = store().keep(shop.company, b"%PDF-1.7 growth").sha256
    parcels = fetch("select id, parcel_id from sales_order where id = any(%(i)s::bigint[])", {"i": orders})
    parcel = {row.id: row.parcel_id for row in parcels}
    papers = [FilePaper(parcel[row.order_id], "invoice", "i.pdf", digest, "invoice", row.id) for row in rows]
    return refs(list(run("documents.file_papers", system_actor(shop.company), papers).done))


CASES = {
    "mail.tell_absences": lambda shop, n: refs(_away(shop, n)),
    "billing.send_bills": _bills,
    "orders.send_receipts": lambda shop, n: refs(placed(shop, n)),
    "orders.send_confirmations": _papers,
    "fulfilment.send_shipping_mails": _shipments,
    "mail.write": lambda _, n: letters(n),
    "mail.hand_over": lambda shop, n: refs(written(shop, n)),
    "mail.begin_send": lambda shop, n: refs(written(shop, n)),
    "mail.note_sent": lambda shop, n: [NoteSent(id, "0" * 64) for id in written(shop, n)],
    "mail.note_failed": lambda shop, n: [NoteFailed(id, "no route") for id in written(shop, n)],
    "mail.resend": lambda shop, n: refs(written(shop, n)),
}
