-- name: lock_orders
-- Lock orders in key order, with what a bill takes from them.
select o.id, o.number, o.state, o.currency, o.payment_days, o.prepay_percent, c.timezone, c.language
from sales_order o join company c on c.id = o.company_id
where o.id = any(%(ids)s::bigint[]) and {visible sales_order o}
order by o.id for update of o

-- name: billable
-- The lines of orders with how far they are; the rule `to_invoice` says how much of each is charged.
select l.order_id, l.id as line_id, l.position, i.number as item_number, l.description, l.unit, l.price, l.per, l.discount,
       l.tax_category, l.tax_rate, l.demand_id is not null as stocked, l.quantity, l.cancelled, l.delivered, l.invoiced
from order_line l
join item i on i.id = l.item_id
where l.order_id = any(%(ids)s::bigint[]) and {visible order_line l}
order by l.order_id, l.position

-- name: open_prepayments
-- Paid prepayment invoices, with what no invoice has taken off yet.
select i.order_id, i.id as prepayment_id, i.net - coalesce(d.net, 0) as net, i.tax - coalesce(d.tax, 0) as tax
from invoice i
left join lateral (select sum(x.net) as net, sum(x.tax) as tax from deduction x where x.prepayment_id = i.id) d on true
where i.order_id = any(%(ids)s::bigint[]) and i.kind = 'prepayment' and i.state = 'issued' and i.paid >= i.due
  and i.gross > coalesce(d.net + d.tax, 0) and {visible invoice i}
order by i.order_id, i.id

-- name: ensure_drafts
-- The draft of each order, made where there is none.
with made as (
    insert into invoice (company_id, order_id, customer_id, kind, state, number, currency, net, tax, gross, prepaid, due, paid, reason)
    select %(company)s::bigint, o.id, o.customer_id, 'invoice', 'draft', '', o.currency, 0, 0, 0, 0, 0, 0, ''
    from sales_order o where o.id = any(%(orders)s::bigint[])
    order by o.id
    on conflict (order_id) where state = 'draft' and kind = 'invoice' do nothing
    returning id, order_id
)
select id, order_id, true as fresh from made
union all
select i.id, i.order_id, false from invoice i
where i.order_id = any(%(orders)s::bigint[]) and i.state = 'draft' and i.kind = 'invoice' and i.id not in (select id from made)

-- name: insert_bills
-- Open bills of another kind than the ordinary, in the order of the input.
insert into invoice (company_id, order_id, customer_id, kind, state, number, currency, net, tax, gross, prepaid, due, paid,
                     corrects_id, reason)
select %(company)s::bigint, o.id, o.customer_id, %(kind)s::text, 'draft', '', o.currency, 0, 0, 0, 0, 0, 0, w.corrects, w.reason
from unnest(%(orders)s::bigint[], %(corrects)s::bigint[], %(reason)s::text[]) with ordinality as w ("order", corrects, reason, place)
join sales_order o on o.id = w."order"
order by w.place
returning id, order_id

-- name: insert_lines
-- Insert the lines of bills.
insert into invoice_line (company_id, invoice_id, position, order_line_id, item_number, description, quantity, unit, price, per,
                          discount, net, tax_category, tax_rate)
select %(company)s::bigint, l.*
from unnest(%(invoice)s::bigint[], %(position)s::integer[], %(order_line)s::bigint[], %(item_number)s::text[], %(description)s::text[],
            %(quantity)s::numeric[], %(unit)s::text[], %(price)s::numeric[], %(per)s::numeric[], %(discount)s::numeric[],
            %(net)s::numeric[], %(tax_category)s::text[], %(tax_rate)s::numeric[]) as l

-- name: insert_deductions
-- Note what bills take off prepayments.
insert into deduction (company_id, invoice_id, prepayment_id, net, tax)
select %(company)s::bigint, d.*
from unnest(%(invoice)s::bigint[], %(prepayment)s::bigint[], %(net)s::numeric[], %(tax)s::numeric[]) as d

-- name: issue
-- Give drafts their numbers, dates and sums.
update invoice i set state = 'issued', number = w.number, issued_on = w.issued_on, due_on = w.due_on, net = w.net, tax = w.tax,
       gross = w.gross, prepaid = w.prepaid, due = w.due
from unnest(%(id)s::bigint[], %(number)s::text[], %(issued_on)s::date[], %(due_on)s::date[], %(net)s::numeric[], %(tax)s::numeric[],
            %(gross)s::numeric[], %(prepaid)s::numeric[], %(due)s::numeric[])
     as w (id, number, issued_on, due_on, net, tax, gross, prepaid, due)
where i.id = w.id and i.state = 'draft'
