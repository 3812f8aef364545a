-- name: kinds
-- What decides the way of an order, and the names of its parcel.
select o.id, o.state, o.parcel_id, o.number, o.their_reference, p.name as customer,
       exists (select 1 from order_line l join item i on i.id = l.item_id where l.order_id = o.id and i.kind = 'made') as made
from sales_order o join party p on p.id = o.customer_id
where o.id = any(%(ids)s::bigint[]) and {visible sales_order o}
order by o.id

-- name: filled_parcels
-- The parcels of orders that hold at least one document.
select o.id, o.parcel_id from sales_order o
where o.id = any(%(ids)s::bigint[]) and {visible sales_order o}
  and exists (select 1 from document d where d.parcel_id = o.parcel_id)
order by o.parcel_id
