"""Placing orders by hand: prices and taxes as of the day, demands, numbers, a labelled parcel, the events; one statement."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from .writing import NUMBER, change, changes, event, gathered, one, series, step, whole

COUNT = "cardinality(%(customer)s::bigint[])"
LABEL = change("index_value", "i.id", "{}", "'value', i.value, 'source', i.source")
PARTS = {
    "given": """select g.place, g.customer, nextval('sales_order_id_seq') as id, nextval('parcel_id_seq') as parcel
from unnest(%(customer)s::bigint[]) with ordinality as g (customer, place)""",
    "wanted": """select w.place, w.item, w.quantity, row_number() over (partition by w.place order by w.line) as position,
       nextval('order_line_id_seq') as id, nextval('demand_id_seq') as demand
from unnest(%(place)s::bigint[], %(item)s::bigint[], %(quantity)s::numeric[]) with ordinality as w (place, item, quantity, line)""",
    "priced": """select w.id, w.demand, w.position, g.id as order_id, i.id as item, i.name, i.unit, w.quantity, p.price, p.per,
       t.category, t.rate, round(w.quantity * p.price / p.per, 2) as net
from wanted w
join given g on g.place = w.place
join party c on c.id = g.customer and c.is_customer
join company o on o.id = c.company_id
join item i on i.id = w.item and i.is_active
cross join lateral (
    select x.price, x.per from price x
    where x.item_id = i.id and x.currency = o.currency and x.price_group in (c.price_group, 'list')
      and x.min_quantity <= w.quantity and x.valid_from <= current_date and (x.valid_to is null or x.valid_to >= current_date)
    order by (x.price_group = c.price_group) desc, x.min_quantity desc, x.valid_from desc limit 1
) p
cross join lateral (
    select r.category, r.rate from tax_rate r
    where r.company_id = i.company_id and r.country = o.country and r.tax_class = i.tax_class and r.valid_from <= current_date
    order by r.valid_from desc limit 1
) t""",
    "demands": """insert into demand (id, company_id, item_id, quantity, allocated, met, priority)
select demand, 1, item, quantity, 0, 0, 5 from priced order by id""",
    "parcel_numbers": series("parcel", COUNT),
    "parcels": f"""insert into parcel (id, company_id, number, kind, state, opened_at)
select g.parcel, 1, 'P' || {NUMBER}, 'order', 'open', now() from given g cross join parcel_numbers n order by g.place
returning *""",
    "order_numbers": series("order", COUNT),
    "orders": f"""insert into sales_order (id, company_id, number, customer_id, state, held_from, hold_reason, channel,
    their_reference, ordered_on, currency, net, payment_days, prepay_percent, prepay_open, settled, ship_name, ship_street,
    ship_postcode, ship_city, ship_country, instruction, responsible_id, parcel_id)
select g.id, 1, {NUMBER}, p.id, 'placed', '', '', %(channel)s::text, '', current_date, o.currency, s.net, p.payment_days,
       p.prepay_percent, p.prepay_percent > 0, false, p.name, p.street, p.postcode, p.city, p.country, '', %(actor)s::bigint, g.parcel
from given g
join party p on p.id = g.customer
join company o on o.id = p.company_id
join (select order_id, sum(net) as net from priced group by order_id) s on s.order_id = g.id
cross join order_numbers n
order by g.place
returning *""",
    "lines": """insert into order_line (id, company_id, order_id, position, item_id, description, quantity, unit, price, per, discount,
    net, tax_category, tax_rate, demand_id, cancelled, delivered, invoiced)
select id, 1, order_id, position, item, name, quantity, unit, price, per, 0, net, category, rate, demand, 0, 0, 0
from priced order by id
returning *""",
    "parts": gathered(
        "order_id",
        whole("order_line", "l"),
        "lines l",
        f"select {whole('sales_order', 'o')} as part, 0 as place, o.id as order_id from orders o",
    ),
    "labels": """insert into index_value (company_id, parcel_id, name, value, source, box, personal)
select 1, o.parcel_id, n.name, n.value, 'rule', '', false
from orders o cross join lateral (values ('order', o.number), ('customer', o.ship_name)) as n (name, value)
order by o.id
returning *""",
    "labelled": f"""select i.parcel_id, json_agg(i.name order by i.id) as names, json_agg({LABEL} order by i.id) as data
from labels i group by i.parcel_id""",
}
EVENTS = (
    event(
        "orders.place",
        "parcel.opened",
        "parcel",
        "parcel",
        ("p.id", "p.id"),
        changes(one(whole("parcel", "p"))),
        "parcels p",
    ),
    event(
        "orders.place",
        "order.placed",
        "order",
        "order",
        ("x.order_id", "x.order_id"),
        changes("x.data"),
        "parts x",
    ),
    event(
        "orders.label_parcels",
        "parcel.indexed",
        "parcel",
        "parcel",
        ("i.parcel_id", "i.parcel_id"),
        changes("i.data", "'names', i.names"),
        "labelled i",
    ),
)
PLACE = step(PARTS, EVENTS, "select array_agg(id order by id) from orders")
Basket = tuple[int, Sequence[tuple[int, Decimal]]]


def placing(baskets: Sequence[Basket], channel: str = "phone") -> dict[str, Any]:
    """The parameters of PLACE for orders of (customer, lines of (item, quantity))."""
    lines = [(place, item, quantity) for place, (_, wanted) in enumerate(baskets, 1) for item, quantity in wanted]
    return {
        "customer": [customer for customer, _ in baskets],
        "place": [place for place, _, _ in lines],
        "item": [item for _, item, _ in lines],
        "quantity": [quantity for _, _, quantity in lines],
        "channel": channel,
    }
