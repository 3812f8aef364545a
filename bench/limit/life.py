"""The life of orders by hand: a statement a step, each a durable transaction, leaving the rows that the product leaves.

What the product does in reactions (labels of the parcel, shipments, papers to make) stands in the statement of the step that
sets it going. No rights are asked, states are judged by conditions only, and nothing is refused.
"""

from collections.abc import Sequence
from typing import Any

import psycopg

from .place import PLACE, Basket, placing
from .writing import NUMBER, arrival, change, changes, event, gathered, job, one, series, step, whole

IDS = "cardinality(%(ids)s::bigint[])"
CONFIRM = step(
    {
        "moved": """update sales_order set state = 'confirmed' where id = any(%(ids)s::bigint[]) and state = 'placed'
returning id""",
        "jobs": job("order_confirmation", "m.id", "moved m"),
    },
    [
        event(
            "orders.confirm",
            "order.confirmed",
            "order",
            "order",
            ("m.id", "m.id"),
            changes(one(change("sales_order", "m.id", '{"state": "placed"}', '{"state": "confirmed"}'))),
            "moved m",
        )
    ],
    "select count(*) from moved",
)
ALLOCATE = step(
    {
        "wanted": """select l.order_id, l.id as line, d.id as demand, v.id as level, v.warehouse_id,
       d.quantity - d.allocated - d.met as quantity
from sales_order o
join order_line l on l.order_id = o.id
join demand d on d.id = l.demand_id
cross join lateral (
    select s.id, s.warehouse_id from stock_level s join warehouse w on w.id = s.warehouse_id
    where s.item_id = d.item_id and s.on_hand - s.reserved >= d.quantity order by w.rank limit 1
) v
where o.id = any(%(ids)s::bigint[]) and o.state = 'confirmed'""",
        "held": """update stock_level s set reserved = s.reserved + t.quantity
from (select level, sum(quantity) as quantity from wanted group by level order by level) t where s.id = t.level""",
        "allocated": "insert into allocation (demand_id, level_id, quantity) select demand, level, quantity from wanted",
        "demands": "update demand d set allocated = d.allocated + w.quantity from wanted w where d.id = w.demand",
        "shipments": """insert into shipment (company_id, order_id, warehouse_id, state, number, carrier, tracking, ship_name,
    ship_street, ship_postcode, ship_city, ship_country, instruction, opened_at)
select 1, o.id, w.warehouse_id, 'open', '', '', '', o.ship_name, o.ship_street, o.ship_postcode, o.ship_city, o.ship_country,
       o.instruction, now()
from (select distinct order_id, warehouse_id from wanted) w join sales_order o on o.id = w.order_id
order by o.id
returning *""",
        "lines": """insert into shipment_line (company_id, shipment_id, order_line_id, demand_id, level_id, quantity)
select 1, s.id, w.line, w.demand, w.level, w.quantity
from wanted w join shipments s on s.order_id = w.order_id and s.warehouse_id = w.warehouse_id
order by s.id, w.line
returning *""",
        "parts": gathered(
            "shipment_id",
            whole("shipment_line", "l"),
            "lines l",
            f"select {whole('shipment', 's')} as part, 0 as place, s.id as shipment_id from shipments s",
        ),
        "jobs": job("pick_list", "s.id", "shipments s"),
    },
    [
        event(
            "orders.allocate",
            "order.allocated",
            "order",
            "order",
            ("o.order_id", "o.order_id"),
            changes("'[]'::json", "'short_lines', 0"),
            "(select distinct order_id from wanted) o",
        ),
        event(
            "fulfilment.release",
            "shipment.released",
            "shipment",
            "order",
            ("x.shipment_id", "(x.data #>> '{0,new,order_id}')::bigint"),
            changes("x.data"),
            "parts x",
        ),
    ],
    "select count(*) from shipments",
)
PICKED = change("shipment", "s.id", '{"state": "open"}', '{"state": "picked"}')
PICK = step(
    {
        "shipments": """update shipment set state = 'picked' where order_id = any(%(ids)s::bigint[]) and state = 'open'
returning id, order_id""",
        "lines": """update shipment_line l set picked = l.quantity from shipment s
where s.order_id = any(%(ids)s::bigint[]) and s.state = 'open' and l.shipment_id = s.id and l.picked is null
returning l.id, l.shipment_id, s.order_id, l.picked""",
        "parts": gathered(
            "shipment_id, order_id",
            change("shipment_line", "l.id", '{"picked": null}', "'picked', l.picked::text"),
            "lines l",
            f"select {PICKED} as part, 0 as place, s.id as shipment_id, s.order_id from shipments s",
        ),
        "told": arrival("picked", "shipments"),
    },
    [
        event(
            "fulfilment.pick",
            "shipment.picked",
            "shipment",
            "order",
            ("x.shipment_id", "x.order_id"),
            changes("x.data"),
            "parts x",
        )
    ],
    "select count(*) from shipments",
)
PACK = step(
    {
        "shipments": """update shipment set state = 'packed' where order_id = any(%(ids)s::bigint[]) and state = 'picked'
returning id, order_id, nextval('package_id_seq') as package""",
        "packages": """insert into package (id, company_id, shipment_id, number, weight, size)
select s.package, 1, s.id, 1, sum(l.picked * i.weight), ''
from shipments s
join shipment_line l on l.shipment_id = s.id and l.picked > 0
join order_line o on o.id = l.order_line_id
join item i on i.id = o.item_id
group by s.package, s.id""",
        "contents": """insert into package_line (company_id, package_id, line_id, quantity)
select 1, s.package, l.id, l.picked from shipments s join shipment_line l on l.shipment_id = s.id and l.picked > 0""",
        "told": arrival("packed", "shipments"),
        "jobs": job("packing_list", "s.id", "shipments s"),
    },
    [
        event(
            "fulfilment.pack",
            "shipment.packed",
            "shipment",
            "order",
            ("s.id", "s.order_id"),
            changes(one(change("shipment", "s.id", '{"state": "picked"}', '{"state": "packed"}')), "'packages', 1"),
            "shipments s",
        )
    ],
    "select count(*) from shipments",
)
SHIP = step(
    {
        "leaving": """select s.id, s.order_id, row_number() over (order by s.id) as place
from shipment s where s.order_id = any(%(ids)s::bigint[]) and s.state = 'packed'""",
        "goods": """select l.order_line_id as line, l.demand_id as demand, l.level_id as level, l.picked as quantity
from leaving s join shipment_line l on l.shipment_id = s.id and l.picked > 0""",
        "lines": """update order_line l set delivered = l.delivered + g.quantity from goods g where l.id = g.line
returning l.id, l.order_id, l.delivered, g.quantity""",
        "gone": """delete from allocation a using goods g
where a.demand_id = g.demand and a.level_id = g.level and a.quantity = g.quantity""",
        "ledger": """insert into stock_move (company_id, level_id, quantity, reason, at, command_id)
select 1, g.level, -g.quantity, 'shipped', now(), c.id from goods g cross join c""",
        "levels": """update stock_level v set on_hand = v.on_hand - t.quantity, reserved = v.reserved - t.quantity
from (select level, sum(quantity) as quantity from goods group by level order by level) t where v.id = t.level""",
        "demands": """update demand d set allocated = d.allocated - g.quantity, met = d.met + g.quantity
from goods g where d.id = g.demand""",
        "numbers": series("delivery", IDS),
        "shipments": f"""update shipment s set state = 'shipped', carrier = 'Post', shipped_at = now(), number = 'D' || {NUMBER}
from leaving w cross join numbers n where s.id = w.id
returning s.id, s.order_id, s.number, s.shipped_at""",
        "parts": gathered(
            "order_id",
            change(
                "order_line",
                "l.id",
                "'delivered', (l.delivered - l.quantity)::text",
                "'delivered', l.delivered::text",
            ),
            "lines l",
        ),
        "told": arrival("shipped", "shipments"),
        "jobs": job("delivery_note", "s.id", "shipments s"),
    },
    [
        event(
            "fulfilment.ship",
            "order.delivered",
            "order",
            "order",
            ("x.order_id", "x.order_id"),
            changes("x.data", "'complete', true"),
            "parts x",
        ),
        event(
            "fulfilment.ship",
            "shipment.shipped",
            "shipment",
            "order",
            ("s.id", "s.order_id"),
            changes(
                one(
                    change(
                        "shipment",
                        "s.id",
                        '{"state": "packed", "number": "", "carrier": "", "tracking": "", "shipped_at": null}',
                        "'state', 'shipped', 'number', s.number, 'carrier', 'Post', 'tracking', '', 'shipped_at', s.shipped_at",
                    )
                )
            ),
            "shipments s",
        ),
    ],
    "select count(*) from shipments",
)
INVOICE = step(
    {
        "charged": """update order_line set invoiced = delivered
where order_id = any(%(ids)s::bigint[]) and delivered > invoiced
returning id, order_id, position, item_id, description, unit, price, per, discount, tax_category, tax_rate, invoiced""",
        "billed": """select l.*, i.number as item_number, round(l.invoiced * l.price / l.per * (100 - l.discount) / 100, 2) as net
from charged l join item i on i.id = l.item_id""",
        "sums": """select order_id, sum(net) as net, sum(tax) as tax, row_number() over (order by order_id) as place,
       nextval('invoice_id_seq') as id
from (select order_id, sum(net) as net, round(sum(net) * tax_rate / 100, 2) as tax
      from billed group by order_id, tax_category, tax_rate) t
group by order_id""",
        "numbers": series("invoice", IDS),
        "invoices": f"""insert into invoice (id, company_id, order_id, customer_id, kind, state, number, issued_on, due_on, currency,
    net, tax, gross, prepaid, due, paid, reason)
select s.id, 1, o.id, o.customer_id, 'invoice', 'issued', 'I' || {NUMBER}, current_date, current_date + o.payment_days, o.currency,
       s.net, s.tax, s.net + s.tax, 0, s.net + s.tax, 0, ''
from sums s join sales_order o on o.id = s.order_id cross join numbers n
order by s.id
returning *""",
        "lines": """insert into invoice_line (company_id, invoice_id, position, order_line_id, item_number, description, quantity,
    unit, price, per, discount, net, tax_category, tax_rate)
select 1, s.id, b.position, b.id, b.item_number, b.description, b.invoiced, b.unit, b.price, b.per, b.discount, b.net,
       b.tax_category, b.tax_rate
from billed b join sums s on s.order_id = b.order_id
order by s.id, b.position
returning *""",
        "parts": gathered(
            "invoice_id",
            whole("invoice_line", "l"),
            "lines l",
            f"select {whole('invoice', 'i')} as part, 0 as place, i.id as invoice_id from invoices i",
        ),
        "noted": gathered(
            "order_id",
            change("order_line", "l.id", '{"invoiced": "0.0000"}', "'invoiced', l.invoiced::text"),
            "charged l",
        ),
        "jobs": job("invoice", "i.id", "invoices i"),
    },
    [
        event(
            "billing.issue",
            "order.invoiced",
            "order",
            "order",
            ("x.order_id", "x.order_id"),
            changes("x.data", "'complete', true"),
            "noted x",
        ),
        event(
            "billing.issue",
            "invoice.issued",
            "invoice",
            "order",
            ("x.invoice_id", "(x.data #>> '{0,new,order_id}')::bigint"),
            changes("x.data"),
            "parts x",
        ),
    ],
    "select count(*) from invoices",
)
PAY = step(
    {
        "paid": """update invoice set paid = due where order_id = any(%(ids)s::bigint[]) and state = 'issued' and paid = 0
returning id, order_id, due""",
        "payments": """insert into payment (company_id, invoice_id, amount, method, reference, received_on, at)
select 1, id, due, 'transfer', '', current_date, now() from paid order by id
returning *""",
        "settled": """update sales_order o set settled = true from paid p where o.id = p.order_id and not o.settled
returning o.id as order_id""",
        "told": arrival("paid", "settled"),
    },
    [
        event(
            "billing.pay",
            "payment.noted",
            "payment",
            "invoice",
            ("p.id", "p.invoice_id"),
            changes(one(whole("payment", "p"))),
            "payments p",
        ),
        event(
            "billing.pay",
            "invoice.paid",
            "invoice",
            "order",
            ("p.id", "p.order_id"),
            changes(one(change("invoice", "p.id", '{"paid": "0.000"}', "'paid', p.due::text")), "'open', '0.000'"),
            "paid p",
        ),
        event(
            "billing.pay",
            "order.money_changed",
            "order",
            "order",
            ("s.order_id", "s.order_id"),
            changes(one(change("sales_order", "s.order_id", '{"settled": false}', '{"settled": true}'))),
            "settled s",
        ),
    ],
    "select count(*) from paid",
)
REST = (CONFIRM, ALLOCATE, PICK, PACK, SHIP, INVOICE, PAY)


class Life:
    """One connection that carries orders from placing to payment, eight transactions a set."""

    def __init__(self, url: str, actor: int) -> None:
        self.connection = psycopg.connect(url, autocommit=True, prepare_threshold=0)
        self.actor = actor

    def place(self, baskets: Sequence[Basket]) -> list[int]:
        """The ids of the orders placed."""
        return list(self._step(PLACE, placing(baskets)))

    def proceed(self, step: str, ids: Sequence[int]) -> None:
        """One step of the rest for a set of orders; all must take it."""
        done = self._step(step, {"ids": list(ids)})
        assert done == len(ids), (done, len(ids))

    def _step(self, text: str, values: dict[str, Any]) -> Any:
        row = self.connection.execute(text, {**values, "actor": self.actor}, prepare=True).fetchone()
        assert row is not None
        return row[0]
