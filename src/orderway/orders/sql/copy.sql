-- name: last
-- The last order of each of these customers.
select distinct on (o.customer_id) o.customer_id, o.id from sales_order o
where o.customer_id = any(%(customers)s::bigint[]) and {visible sales_order o}
order by o.customer_id, o.id desc

-- name: template
-- The lines of earlier orders with their heads.
select l.order_id, l.item_id, l.quantity, l.description, l.position, l.price, l.per, i.number as item, i.kind, o.customer_id,
       o.ship_name, o.ship_street, o.ship_postcode, o.ship_city, o.ship_country, o.instruction
from sales_order o join order_line l on l.order_id = o.id join item i on i.id = l.item_id
where o.id = any(%(ids)s::bigint[]) and {visible sales_order o}
order by l.order_id, l.position
