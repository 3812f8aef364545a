-- name: lock_orders
-- Lock orders in key order, with what release asks of them.
select o.id, o.number, o.state, o.prepay_open from sales_order o
where o.id = any(%(ids)s::bigint[]) and {visible sales_order o} order by o.id for update

-- name: open_shipments
-- Open a shipment an order and warehouse for what is allocated and on no open shipment yet.
with held as (
    select l.order_id, l.id as line_id, a.demand_id, a.level_id, v.warehouse_id,
           a.quantity - coalesce(on_way.quantity, 0) as quantity
    from order_line l
    join allocation a on a.demand_id = l.demand_id
    join stock_level v on v.id = a.level_id
    left join lateral (
        select sum(coalesce(sl.picked, sl.quantity)) as quantity
        from shipment_line sl join shipment s on s.id = sl.shipment_id and s.state in ('open', 'picked', 'packed')
        where sl.demand_id = a.demand_id and sl.level_id = a.level_id
    ) on_way on true
    where l.order_id = any(%(ids)s::bigint[])
), opened as (
    insert into shipment (company_id, order_id, warehouse_id, state, number, carrier, tracking, ship_name, ship_street, ship_postcode,
                          ship_city, ship_country, instruction, opened_at)
    select %(company)s::bigint, h.order_id, h.warehouse_id, 'open', '', '', '', o.ship_name, o.ship_street, o.ship_postcode,
           o.ship_city, o.ship_country, o.instruction, %(now)s::timestamptz
    from (select distinct order_id, warehouse_id from held where quantity > 0) h join sales_order o on o.id = h.order_id
    order by h.order_id, h.warehouse_id
    returning id, order_id, warehouse_id
), lines as (
    insert into shipment_line (company_id, shipment_id, order_line_id, demand_id, level_id, quantity, picked)
    select %(company)s::bigint, s.id, h.line_id, h.demand_id, h.level_id, h.quantity, null
    from held h join opened s on s.order_id = h.order_id and s.warehouse_id = h.warehouse_id
    where h.quantity > 0
    order by s.id, h.line_id
)
select id, order_id from opened order by id

-- name: lock_lines
-- Lock shipment lines in key order, after their shipments.
select l.id, l.shipment_id, l.order_line_id, l.demand_id, l.level_id, l.quantity, l.picked, s.state, s.order_id,
       i.number as item_number, i.gtin, o.number as order_number, o.state as order_state
from shipment_line l
join shipment s on s.id = l.shipment_id
join order_line ol on ol.id = l.order_line_id
join item i on i.id = ol.item_id
join sales_order o on o.id = s.order_id
where l.id = any(%(ids)s::bigint[]) and {visible shipment s}
order by s.id, l.id for update of s, l

-- name: pick
-- Record what was picked; a shipment whose lines are all picked is picked.
with p as (
    select * from unnest(%(line)s::bigint[], %(quantity)s::numeric[]) as p (line, quantity)
), written as (
    update shipment_line l set picked = p.quantity from p where l.id = p.line returning l.id, l.shipment_id
), touched as (
    select distinct shipment_id as id from written
), rest as (
    select t.id, exists (select 1 from shipment_line l where l.shipment_id = t.id and l.picked is null
                         and l.id not in (select id from written)) as open
    from touched t
)
update shipment s set state = case when r.open then 'open' else 'picked' end
from rest r where s.id = r.id
returning s.id, s.order_id, s.state

-- name: orders_reached
-- Which of these orders have no shipment that is still before this state.
select o.id as order_id from unnest(%(ids)s::bigint[]) as o (id)
where not exists (
    select 1 from shipment s where s.order_id = o.id and s.state = any(case %(what)s::text
        when 'picked' then array['open'] when 'packed' then array['open', 'picked'] else array['open', 'picked', 'packed'] end))
order by o.id
