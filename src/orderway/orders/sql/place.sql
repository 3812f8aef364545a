-- name: insert_orders
-- Insert orders in the order of the input.
insert into sales_order (company_id, number, customer_id, state, held_from, hold_reason, channel, their_reference, ordered_on,
                         requested_on, promised_on, currency, net, payment_days, prepay_percent, prepay_open, settled, ship_name,
                         ship_street, ship_postcode, ship_city, ship_country, instruction, responsible_id, parcel_id, copied_from_id)
select %(company)s::bigint, o.number, o.customer, 'placed', '', '', o.channel, o.their_reference, o.ordered_on,
       o.requested_on, null, o.currency, o.net, o.payment_days, o.prepay_percent, o.prepay_open, false, o.ship_name, o.ship_street,
       o.ship_postcode, o.ship_city, o.ship_country, o.instruction, %(responsible)s::bigint, o.parcel,
       (select c.id from sales_order c where c.id = o.copied_from and {visible sales_order c})
from unnest(%(number)s::text[], %(customer)s::bigint[], %(channel)s::text[], %(their_reference)s::text[], %(ordered_on)s::date[],
            %(requested_on)s::date[], %(currency)s::text[], %(net)s::numeric[], %(payment_days)s::integer[],
            %(prepay_percent)s::numeric[], %(prepay_open)s::boolean[], %(ship_name)s::text[], %(ship_street)s::text[], %(ship_postcode)s::text[],
            %(ship_city)s::text[], %(ship_country)s::text[], %(instruction)s::text[], %(parcel)s::bigint[], %(copied_from)s::bigint[])
     with ordinality as o (number, customer, channel, their_reference, ordered_on, requested_on, currency, net, payment_days,
                           prepay_percent, prepay_open, ship_name, ship_street, ship_postcode, ship_city, ship_country,
                           instruction, parcel, copied_from, place)
order by o.place
returning id, number

-- name: insert_lines
-- Insert the lines with their demands.
insert into order_line (company_id, order_id, position, item_id, description, quantity, unit, price, per, discount, net,
                        tax_category, tax_rate, requested_on, demand_id, cancelled, delivered, invoiced)
select %(company)s::bigint, l."order", l.position, l.item, l.description, l.quantity, l.unit, l.price, l.per, l.discount, l.net,
       l.tax_category, l.tax_rate, l.requested_on, l.demand, 0, 0, 0
from unnest(%(order)s::bigint[], %(position)s::integer[], %(item)s::bigint[], %(description)s::text[], %(quantity)s::numeric[],
            %(unit)s::text[], %(price)s::numeric[], %(per)s::numeric[], %(discount)s::numeric[], %(net)s::numeric[],
            %(tax_category)s::text[], %(tax_rate)s::numeric[], %(requested_on)s::date[], %(demand)s::bigint[])
     as l ("order", position, item, description, quantity, unit, price, per, discount, net, tax_category, tax_rate,
           requested_on, demand)
