-- name: list
-- Shipments with their order and customer.
select s.id, s.state, s.number, s.carrier, s.tracking, s.opened_at, s.shipped_at, s.delivered_at, s.order_id, s.instruction,
       o.number as order_number, o.requested_on, o.promised_on, p.name as customer, w.name as warehouse, s.ship_city,
       (select count(*)::integer from shipment_line l where l.shipment_id = s.id) as lines,
       (select count(*)::integer from shipment_line l where l.shipment_id = s.id and l.picked is not null) as picked_lines
from shipment s
join sales_order o on o.id = s.order_id
join party p on p.id = o.customer_id
join warehouse w on w.id = s.warehouse_id
where {visible shipment s}
  and s.state = any(%(states)s::text[]) --? states
  and (o.number ilike %(search)s::text || '%%' or s.number ilike %(search)s::text || '%%' or p.name ilike '%%' || %(search)s::text || '%%') --? search
  and w.key = %(warehouse)s::text --? warehouse
  and s.order_id = %(order)s::bigint --? order
order by {sort} limit %(limit)s::integer offset %(offset)s::integer

-- name: one
-- The head of one shipment.
select s.*, o.number as order_number, o.their_reference, o.requested_on, p.name as customer, p.id as customer_id, p.number as customer_number,
       p.language as customer_language, w.name as warehouse, o.parcel_id, f.number as parcel_number, c.language as own_language,
       o.channel = 'counter' and o.state = 'completed' as taken_along
from shipment s
join sales_order o on o.id = s.order_id
join parcel f on f.id = o.parcel_id
join company c on c.id = s.company_id
join party p on p.id = o.customer_id
join warehouse w on w.id = s.warehouse_id
where s.id = %(id)s::bigint and {visible shipment s}

-- name: lines
-- The lines of one shipment.
select l.id, l.order_line_id, l.quantity, l.picked, ol.position, ol.description, ol.unit, ol.quantity as ordered, ol.delivered, ol.cancelled,
       i.number as item_number, i.name as item_name, i.gtin, i.weight
from shipment_line l
join shipment s on s.id = l.shipment_id
join order_line ol on ol.id = l.order_line_id
join item i on i.id = ol.item_id
where l.shipment_id = %(id)s::bigint and {visible shipment s}
order by i.number, l.id

-- name: packages
-- The packages of one shipment with their contents.
select k.id, k.number, k.weight, k.size, c.line_id, c.quantity, ol.position, ol.description, ol.unit, i.number as item_number
from package k
join shipment s on s.id = k.shipment_id
join package_line c on c.package_id = k.id
join shipment_line l on l.id = c.line_id
join order_line ol on ol.id = l.order_line_id
join item i on i.id = ol.item_id
where k.shipment_id = %(id)s::bigint and {visible shipment s}
order by k.number, ol.position

-- name: returns
-- What came back of one order.
select r.id, r.number, r.reason, r.at, w.name as warehouse, l.order_line_id, l.quantity, ol.position, ol.description, ol.unit
from goods_return r
join warehouse w on w.id = r.warehouse_id
join return_line l on l.goods_return_id = r.id
join order_line ol on ol.id = l.order_line_id
where r.order_id = %(order)s::bigint and {visible goods_return r}
order by r.id, ol.position
