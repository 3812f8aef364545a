-- name: heads
-- What letters to customers say of shipments. Who took their goods along at the counter and paid is not written to.
select s.id, s.number, s.carrier, s.tracking, s.shipped_at, s.order_id, s.ship_name, s.ship_street, s.ship_postcode, s.ship_city,
       o.number as order_number, o.their_reference, p.email, p.language, c.name as company
from shipment s
join sales_order o on o.id = s.order_id
join party p on p.id = o.customer_id
join company c on c.id = s.company_id
where s.id = any(%(ids)s::bigint[]) and s.state in ('shipped', 'delivered') and not (o.channel = 'counter' and o.state = 'completed')
  and {visible shipment s}
order by s.id

-- name: lines
-- What lies in shipments.
select l.shipment_id, ol.position, i.number as item, ol.description, sum(l.picked) as quantity
from shipment_line l
join order_line ol on ol.id = l.order_line_id
join item i on i.id = ol.item_id
where l.shipment_id = any(%(ids)s::bigint[]) and l.picked > 0 and {visible shipment_line l}
group by l.shipment_id, ol.id, i.id
order by l.shipment_id, ol.position
