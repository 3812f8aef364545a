-- name: finished_parcels
-- The parcels of the messages of these orders, of which nothing is open any more.
select distinct m.parcel_id
from intake i join message m on m.id = i.message_id
where i.order_id = any(%(orders)s::bigint[]) and {visible intake i}
  and not exists (
      select 1 from intake x left join sales_order o on o.id = x.order_id
      where x.message_id = m.id and (x.state in ('received', 'recognised', 'review') or o.state in ('placed', 'held', 'confirmed'))
  )
order by m.parcel_id
