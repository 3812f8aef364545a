-- name: list
-- Issued invoices with their order and customer.
select i.id, i.number, i.kind, i.issued_on, i.due_on, i.currency, i.net, i.tax, i.gross, i.prepaid, i.due, i.paid,
       i.due - i.paid as open, i.reminded, i.reminded_on, i.order_id, o.number as order_number, p.id as customer_id, p.name as customer,
       i.due > i.paid and i.kind <> 'credit_note' and i.due_on < {today} as overdue
from invoice i
join sales_order o on o.id = i.order_id
join party p on p.id = i.customer_id
where {visible invoice i} and i.state = 'issued'
  and (i.number ilike %(search)s::text || '%%' or o.number ilike %(search)s::text || '%%' or p.name ilike '%%' || %(search)s::text || '%%') --? search
  and i.kind = %(kind)s::text --? kind
  and i.order_id = %(order)s::bigint --? order
  and i.customer_id = %(customer)s::bigint --? customer
  and i.due > i.paid and %(open)s::boolean --? open
  and i.due > i.paid and i.kind <> 'credit_note' and i.due_on < {today} and %(overdue)s::boolean --? overdue
  and i.reminded = %(reminded)s::integer --? reminded
  and i.due > i.paid and i.kind <> 'credit_note' and i.due_on < {today} and i.reminded < %(last_level)s::integer --? remindable
  and (i.reminded_on is null or i.reminded_on <= {today} - %(rest)s::integer) and p.email <> '' and %(remindable)s::boolean --? remindable
order by {sort} limit %(limit)s::integer offset %(offset)s::integer

-- name: one
-- The head of one invoice.
select i.*, o.number as order_number, o.their_reference, p.name as customer, p.number as customer_number, p.email as customer_email,
       p.language as customer_language, p.street as buyer_street, p.postcode as buyer_postcode, p.city as buyer_city,
       p.country as buyer_country, p.vat_id as buyer_vat_id, o.ship_name, o.ship_street, o.ship_postcode, o.ship_city,
       o.ship_country, o.promised_on, o.requested_on, o.parcel_id, f.number as parcel_number,
       c.number as corrects_number, c.issued_on as corrects_issued_on,
       (select max(s.shipped_at) from shipment s where s.order_id = i.order_id) as delivered_at,
       (select min(e.at) from event e where e.root_type = 'order' and e.root_id = i.order_id and e.subject_type = 'invoice'
          and e.subject_id = i.id and e.name like '%%.issued') as issued_at
from invoice i
join sales_order o on o.id = i.order_id
join parcel f on f.id = o.parcel_id
join party p on p.id = i.customer_id
left join invoice c on c.id = i.corrects_id
where i.id = %(id)s::bigint and {visible invoice i}

-- name: lines
-- The lines of one invoice.
select l.* from invoice_line l where l.invoice_id = %(id)s::bigint and {visible invoice_line l} order by l.position

-- name: deductions
-- What one invoice takes off prepayment invoices.
select d.net, d.tax, i.number, i.issued_on from deduction d join invoice i on i.id = d.prepayment_id
where d.invoice_id = %(id)s::bigint and {visible deduction d} order by i.id

-- name: payments
-- What came for one invoice.
select p.* from payment p where p.invoice_id = %(id)s::bigint and {visible payment p} order by p.id

-- name: to_invoice
-- Orders of which something was delivered and not charged.
select o.id, o.number, o.their_reference, p.id as customer_id, p.name as customer, o.currency, u.net
from sales_order o
join party p on p.id = o.customer_id
join lateral (
    select sum(round((l.delivered - l.invoiced) * l.price / l.per * (100 - l.discount) / 100, 2)) as net
    from order_line l where l.order_id = o.id and l.demand_id is not null and l.delivered > l.invoiced
) u on u.net is not null
where {visible sales_order o} and o.state in ('confirmed', 'completed')
order by {sort} limit %(limit)s::integer offset %(offset)s::integer

-- name: ageing
-- Open amounts by age.
select i.currency,
       sum(i.due - i.paid) filter (where i.due_on >= d.today) as not_due,
       sum(i.due - i.paid) filter (where i.due_on < d.today and i.due_on >= d.today - 30) as to_30,
       sum(i.due - i.paid) filter (where i.due_on < d.today - 30 and i.due_on >= d.today - 60) as to_60,
       sum(i.due - i.paid) filter (where i.due_on < d.today - 60 and i.due_on >= d.today - 90) as to_90,
       sum(i.due - i.paid) filter (where i.due_on < d.today - 90) as older
from invoice i cross join (select {today} as today) d
where {visible invoice i} and i.state = 'issued' and i.kind <> 'credit_note' and i.due > i.paid
group by i.currency order by i.currency

-- name: tender
-- What was paid on the spot, in cash or by card, when an invoice was issued.
select p.method, sum(p.amount) as amount from payment p
where p.invoice_id = %(id)s::bigint and p.method in ('cash', 'card') and p.at = %(issued_at)s::timestamptz and {visible payment p}
group by p.method order by p.method limit 1

-- name: takings
-- What came over the counter, a line a day and currency.
select p.received_on as day, i.currency, count(*)::integer as payments,
       coalesce(sum(p.amount) filter (where p.method = 'cash'), 0) as cash,
       coalesce(sum(p.amount) filter (where p.method = 'card'), 0) as card
from payment p join invoice i on i.id = p.invoice_id
where {visible payment p} and p.method in ('cash', 'card')
  and p.received_on >= %(since)s::date --? since
  and p.received_on <= %(until)s::date --? until
group by p.received_on, i.currency
order by {sort} limit %(limit)s::integer offset %(offset)s::integer

-- name: cash_book
-- The payments behind the takings, in the order in which they came.
select p.id, p.received_on, p.at, p.method, p.amount, p.reference, i.currency, i.id as invoice_id, i.number, i.order_id,
       o.number as order_number, c.id as customer_id, c.name as customer
from payment p
join invoice i on i.id = p.invoice_id
join sales_order o on o.id = i.order_id
join party c on c.id = i.customer_id
where {visible payment p} and p.method in ('cash', 'card')
  and p.received_on >= %(since)s::date --? since
  and p.received_on <= %(until)s::date --? until
  and p.method = %(method)s::text --? method
  and (i.number ilike %(search)s::text || '%%' or c.name ilike '%%' || %(search)s::text || '%%') --? search
order by {sort} limit %(limit)s::integer offset %(offset)s::integer
