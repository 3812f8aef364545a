-- name: lock
-- Lock shipments in key order with their picked lines.
select l.id, l.shipment_id, l.picked, s.state, s.order_id, i.weight, o.number as order_number, o.state as order_state
from shipment s
join shipment_line l on l.shipment_id = s.id
join order_line ol on ol.id = l.order_line_id
join item i on i.id = ol.item_id
join sales_order o on o.id = s.order_id
where s.id = any(%(ids)s::bigint[]) and {visible shipment s}
order by s.id, l.id for update of s

-- name: write
-- Write packages and their contents; the shipments are packed.
with box as (
    insert into package (company_id, shipment_id, number, weight, size)
    select %(company)s::bigint, b.shipment, b.number, b.weight, b.size
    from unnest(%(shipment)s::bigint[], %(number)s::integer[], %(weight)s::numeric[], %(size)s::text[]) as b (shipment, number, weight, size)
    returning id, shipment_id, number
), placed as (
    select b.shipment, b.number, b.place
    from unnest(%(shipment)s::bigint[], %(number)s::integer[]) with ordinality as b (shipment, number, place)
), inside as (
    insert into package_line (company_id, package_id, line_id, quantity)
    select %(company)s::bigint, box.id, c.line, c.quantity
    from unnest(%(place)s::bigint[], %(line)s::bigint[], %(quantity)s::numeric[]) as c (place, line, quantity)
    join placed p on p.place = c.place
    join box on box.shipment_id = p.shipment and box.number = p.number
)
update shipment set state = 'packed' where id = any(%(shipment)s::bigint[])
