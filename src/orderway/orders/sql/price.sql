-- name: lock_lines
-- Lock lines of orders that are locked already, with what their price rests on.
select l.id, l.order_id, l.item_id, l.quantity, l.cancelled, l.price, l.per, l.net, l.discount, l.requested_on, l.demand_id,
       d.warehouse_id, d.placed_at, o.currency, o.priority
from order_line l
join sales_order o on o.id = l.order_id
left join demand d on d.id = l.demand_id
where l.id = any(%(ids)s::bigint[]) and {visible order_line l}
order by l.order_id, l.id for update of l

-- name: reprice
-- Write quantities, prices and demands of lines, and move the totals of their orders with them.
with r as (
    select * from unnest(%(line)s::bigint[], %(quantity)s::numeric[], %(price)s::numeric[], %(per)s::numeric[], %(net)s::numeric[],
                         %(demand_id)s::bigint[]) as r (line, quantity, price, per, net, demand_id)
), more as (
    select l.order_id, sum(r.net - l.net) as net from r join order_line l on l.id = r.line group by l.order_id
), lines as (
    update order_line l set quantity = r.quantity, price = r.price, per = r.per, net = r.net, demand_id = r.demand_id
    from r where l.id = r.line
)
update sales_order o set net = o.net + more.net from more where o.id = more.order_id
returning o.id, o.net - more.net as before, o.net
