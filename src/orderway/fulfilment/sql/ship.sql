-- name: lock
-- Lock shipments in key order, after their orders.
select s.id, s.order_id, s.state, s.carrier, s.tracking, o.number as order_number, o.state as order_state
from shipment s join sales_order o on o.id = s.order_id
where s.id = any(%(ids)s::bigint[]) and {visible shipment s}
order by o.id, s.id for update

-- name: lines
-- The picked lines of shipments, with what their demands hold in the place they come from.
select l.id, l.shipment_id, l.order_line_id, l.demand_id, l.level_id, l.picked, coalesce(a.quantity, 0) as held
from shipment_line l left join allocation a on a.demand_id = l.demand_id and a.level_id = l.level_id
where l.shipment_id = any(%(ids)s::bigint[]) and l.picked > 0 order by l.shipment_id, l.id

-- name: ship
-- The shipments have left.
update shipment s set state = 'shipped', number = w.number, carrier = w.carrier, tracking = w.tracking, shipped_at = %(now)s::timestamptz
from unnest(%(id)s::bigint[], %(number)s::text[], %(carrier)s::text[], %(tracking)s::text[]) as w (id, number, carrier, tracking)
where s.id = w.id

-- name: deliver
-- The shipments have arrived.
update shipment set state = 'delivered', delivered_at = %(now)s::timestamptz where id = any(%(ids)s::bigint[])

-- name: delivered_orders
-- Which of these orders have everything delivered and no shipment on its way.
select o.id as order_id from unnest(%(ids)s::bigint[]) as o (id)
where not exists (select 1 from shipment s where s.order_id = o.id and s.state not in ('delivered', 'cancelled'))
  and not exists (select 1 from order_line l
                  where l.order_id = o.id and l.demand_id is not null and l.delivered < l.quantity - l.cancelled)
order by o.id

-- name: still_open
-- Which of these orders are confirmed and lack something that no shipment carries.
select distinct l.order_id
from order_line l join sales_order o on o.id = l.order_id and o.state = 'confirmed'
join demand d on d.id = l.demand_id
where l.order_id = any(%(ids)s::bigint[]) and d.met < d.quantity and {visible sales_order o}
order by l.order_id

-- name: shipped_orders
-- Which of these orders have sent something, owe nothing more and have no shipment in the house.
select o.id as order_id from unnest(%(ids)s::bigint[]) as o (id)
where exists (select 1 from shipment s where s.order_id = o.id and s.state in ('shipped', 'delivered'))
  and not exists (select 1 from shipment s where s.order_id = o.id and s.state in ('open', 'picked', 'packed'))
  and not exists (select 1 from order_line l
                  where l.order_id = o.id and l.demand_id is not null and l.delivered < l.quantity - l.cancelled)
order by o.id

-- name: lock_open
-- Lock the shipments of cancelled orders that have not left the house, after their orders, with what was picked.
select s.id, s.order_id, s.state,
       (select coalesce(sum(l.picked), 0) from shipment_line l where l.shipment_id = s.id) as picked
from shipment s join sales_order o on o.id = s.order_id and o.state = 'cancelled'
where s.order_id = any(%(orders)s::bigint[]) and s.state in ('open', 'picked', 'packed') and {visible shipment s}
order by o.id, s.id for update of s

-- name: cancel
-- These shipments go nowhere.
update shipment set state = 'cancelled' where id = any(%(ids)s::bigint[])
