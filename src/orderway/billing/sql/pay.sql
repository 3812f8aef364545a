-- name: lock
-- Lock invoices in key order, after their orders.
select i.id, i.number, i.state, i.due, i.paid, i.order_id, o.number as order_number, c.timezone
from invoice i join sales_order o on o.id = i.order_id join company c on c.id = i.company_id
where i.id = any(%(ids)s::bigint[]) and {visible invoice i}
order by i.id for update of i, o

-- name: pay
-- Write payments and their sums.
with p as (
    insert into payment (company_id, invoice_id, amount, method, reference, received_on, at)
    select %(company)s::bigint, w.invoice, w.amount, w.method, w.reference, w.received_on, %(now)s::timestamptz
    from unnest(%(invoice)s::bigint[], %(amount)s::numeric[], %(method)s::text[], %(reference)s::text[], %(received_on)s::date[])
         with ordinality as w (invoice, amount, method, reference, received_on, place)
    order by w.place
    returning id, invoice_id, amount
), sums as (
    update invoice i set paid = i.paid + t.amount
    from (select invoice_id, sum(amount) as amount from p group by invoice_id) t where i.id = t.invoice_id
)
select id from p order by id
