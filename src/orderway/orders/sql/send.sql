-- name: kinds
-- What decides the way of an order, and the names of its parcel.
select o.id, o.state, o.parcel_id, o.number, o.their_reference, p.name as customer,
       exists (select 1 from order_line l join item i on i.id = l.item_id where l.order_id = o.id and i.kind = 'made') as made,
       exists (select 1 from priority_table(%(company)s::bigint)) as ruled
from sales_order o join party p on p.id = o.customer_id
where o.id = any(%(ids)s::bigint[]) and {visible sales_order o}
order by o.id

-- name: reasons
-- Why orders stopped.
select o.id, o.state, o.hold_reason from sales_order o
where o.id = any(%(ids)s::bigint[]) and {visible sales_order o} order by o.id

-- name: stopped
-- The tokens of orders that stopped because the order was held, or was not finished.
select t.id from token t
join process_instance i on i.id = t.instance_id and i.subject_type = 'order' and i.subject_id = any(%(ids)s::bigint[])
join sales_order o on o.id = i.subject_id and o.state in ('placed', 'confirmed')
where t.state = 'stuck' and t.reason_code in ('wrong-state', 'not-finished') and {visible process_instance i}
order by t.id

-- name: filled_parcels
-- The parcels of finished orders that hold their papers: with goods gone the delivery note, with money asked for the invoice.
select o.id, o.parcel_id from sales_order o join parcel f on f.id = o.parcel_id and f.state = 'open'
where (o.id = any(%(ids)s::bigint[]) or o.parcel_id in (select d.parcel_id from document d where d.id = any(%(documents)s::bigint[])))
  and o.state in ('completed', 'cancelled') and {visible sales_order o}
  and exists (select 1 from document d where d.parcel_id = o.parcel_id)
  and (not exists (select 1 from order_line l where l.order_id = o.id and l.demand_id is not null and l.delivered > 0)
       or exists (select 1 from document d where d.parcel_id = o.parcel_id and d.kind = 'delivery_note'))
  and (not exists (select 1 from order_line l where l.order_id = o.id and l.invoiced > 0)
       or exists (select 1 from document d where d.parcel_id = o.parcel_id and d.kind = 'invoice'))
order by o.parcel_id
