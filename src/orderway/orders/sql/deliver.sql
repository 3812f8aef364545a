-- name: note_delivered
-- Add to what was delivered of lines.
update order_line l set delivered = l.delivered + n.quantity
from unnest(%(line)s::bigint[], %(quantity)s::numeric[]) as n (line, quantity)
where l.id = n.line and {visible order_line l}
returning l.id, l.order_id, l.delivered - n.quantity as before, l.delivered as after

-- name: note_invoiced
-- Add to what was invoiced of lines.
update order_line l set invoiced = l.invoiced + n.quantity
from unnest(%(line)s::bigint[], %(quantity)s::numeric[]) as n (line, quantity)
where l.id = n.line and {visible order_line l}
returning l.id, l.order_id, l.invoiced - n.quantity as before, l.invoiced as after

-- name: rest
-- How many lines of each order are not wholly delivered (services aside) or invoiced, and whether all money came.
select o.id, o.settled,
       count(*) filter (where l.demand_id is not null and l.delivered < l.quantity - l.cancelled) as undelivered,
       count(*) filter (where l.invoiced < l.quantity - l.cancelled) as uninvoiced
from sales_order o join order_line l on l.order_id = o.id
where o.id = any(%(ids)s::bigint[])
group by o.id order by o.id

-- name: lock_money
-- Lock orders to note what was paid.
select o.id, o.prepay_open, o.settled from sales_order o
where o.id = any(%(ids)s::bigint[]) and {visible sales_order o} order by o.id for update

-- name: note_money
-- Note whether a prepayment is open and whether all that was invoiced is paid.
update sales_order o set prepay_open = n.prepay_open, settled = n.settled
from unnest(%(id)s::bigint[], %(prepay_open)s::boolean[], %(settled)s::boolean[]) as n (id, prepay_open, settled)
where o.id = n.id

-- name: lock_lines
-- Lock the orders of lines, then the lines, with what is still open of them.
select l.id, l.order_id, l.position, l.quantity, l.cancelled, l.delivered, l.price, l.per, l.discount, l.net, l.demand_id, o.currency,
       o.number, o.state, l.quantity - l.cancelled - l.delivered as open
from order_line l join sales_order o on o.id = l.order_id
where l.id = any(%(ids)s::bigint[]) and {visible order_line l}
order by o.id, l.id for update

-- name: lock_credited
-- Lock the orders of credited lines, then the lines; an order may be completed by then.
select l.id, l.order_id, l.quantity, l.cancelled, l.delivered, l.price, l.per, l.discount, l.net, l.demand_id, o.currency
from order_line l join sales_order o on o.id = l.order_id
where l.id = any(%(ids)s::bigint[]) and {visible order_line l}
order by o.id, l.id for update

-- name: shorten
-- Give up units of lines and shrink the totals of their orders.
with s as (
    select * from unnest(%(line)s::bigint[], %(cancelled)s::numeric[], %(net)s::numeric[]) as s (line, cancelled, net)
), less as (
    select l.order_id, sum(l.net - s.net) as net from s join order_line l on l.id = s.line group by l.order_id
), lines as (
    update order_line l set cancelled = s.cancelled, net = s.net from s where l.id = s.line
)
update sales_order o set net = o.net - less.net from less where o.id = less.order_id
returning o.id, o.net + less.net as before, o.net
