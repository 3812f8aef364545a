-- name: leaves
-- What decides whether an act on an invoice is refused.
select i.id, i.number, i.order_id, o.number as order_number, o.currency, i.state, i.due, i.paid
from invoice i join sales_order o on o.id = i.order_id
where i.id = %(id)s::bigint and {visible invoice i}
