-- name: template
-- The lines of earlier orders with their heads.
select l.order_id, l.item_id, l.quantity, l.description, o.customer_id, o.ship_name, o.ship_street, o.ship_postcode, o.ship_city,
       o.ship_country, o.instruction
from sales_order o join order_line l on l.order_id = o.id
where o.id = any(%(ids)s::bigint[]) and {visible sales_order o}
order by l.order_id, l.position
