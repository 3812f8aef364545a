-- name: leaves
-- What decides whether an act on an invoice is refused.
select i.id, i.number, i.order_id, o.number as order_number, o.currency, i.state, i.due, i.paid, i.kind, {today} - i.due_on as days_late,
       i.reminded, {today} - i.reminded_on as days_since, p.email <> '' as by_mail
from invoice i join sales_order o on o.id = i.order_id join party p on p.id = i.customer_id
where i.id = %(id)s::bigint and {visible invoice i}

-- name: prepayment
-- What decides whether a prepayment of an order is refused.
select o.id, o.number, o.state, exists (select 1 from invoice i where i.order_id = o.id and i.kind = 'prepayment') as prepaid
from sales_order o
where o.id = %(id)s::bigint and {visible sales_order o}
