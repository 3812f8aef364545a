-- name: lock
-- Lock orders in key order, with what the rules ask.
select o.id, o.state, o.held_from, o.hold_reason, o.number, o.flag, o.flag_reason, o.priority,
       exists (select 1 from priority_table(%(company)s::bigint)) as ruled
from sales_order o where o.id = any(%(ids)s::bigint[]) and {visible sales_order o}
order by o.id for update

-- name: move
-- Move orders to a state.
update sales_order set state = m.state, held_from = m.held_from, hold_reason = m.hold_reason
from unnest(%(id)s::bigint[], %(state)s::text[], %(held_from)s::text[], %(hold_reason)s::text[]) as m (id, state, held_from, hold_reason)
where sales_order.id = m.id

-- name: demands
-- The demands of orders.
select l.order_id, l.id as line_id, l.demand_id from order_line l
where l.order_id = any(%(ids)s::bigint[]) and l.demand_id is not null
order by l.id

-- name: delivered
-- Which of these orders have delivered or invoiced something.
select distinct l.order_id from order_line l
where l.order_id = any(%(ids)s::bigint[]) and (l.delivered <> 0 or l.invoiced <> 0)

-- name: waiting
-- The demands of confirmed orders that lack what lies free in these levels.
select l.order_id, l.id as line_id, l.demand_id
from stock_level v
join demand d on d.item_id = v.item_id and d.met < d.quantity and d.allocated + d.met < d.quantity
             and (d.warehouse_id is null or d.warehouse_id = v.warehouse_id)
join order_line l on l.demand_id = d.id
join sales_order o on o.id = l.order_id and o.state = 'confirmed'
where v.id = any(%(levels)s::bigint[]) and v.on_hand > v.reserved and {visible order_line l}
order by l.order_id, l.id

-- name: freed
-- The stock levels of the items of orders where something lies free.
select v.id from stock_level v
where v.item_id in (select l.item_id from order_line l where l.order_id = any(%(ids)s::bigint[]) and l.demand_id is not null)
  and v.on_hand > v.reserved and {visible stock_level v}
order by v.id
