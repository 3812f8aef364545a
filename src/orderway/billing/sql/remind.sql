-- name: lock
-- Lock invoices in key order, with what decides whether their customers can be reminded.
select i.id, i.number, i.kind, i.state, i.due, i.paid, i.order_id, o.number as order_number, i.due_on, {today} - i.due_on as days_late,
       i.reminded, i.reminded_on, {today} - i.reminded_on as days_since, p.email <> '' as by_mail, {today} as today
from invoice i
join sales_order o on o.id = i.order_id
join party p on p.id = i.customer_id
where i.id = any(%(ids)s::bigint[]) and {visible invoice i}
order by i.id for update of i

-- name: remind
-- Write the new level and the day.
update invoice set reminded = reminded + 1, reminded_on = %(day)s::date where id = any(%(ids)s::bigint[])

-- name: letters
-- What reminders say: of what is open, since when, for the how manieth time, with the newest version of the invoice's paper.
select i.id, i.number, i.issued_on, i.due_on, i.currency, i.due - i.paid as open, i.reminded, i.order_id, o.number as order_number,
       o.their_reference, p.email, p.language, c.name as company, c.iban,
       (select l.document_id from document_link l join document d on d.id = l.document_id and d.kind = 'invoice'
        where l.subject_type = 'invoice' and l.subject_id = i.id order by l.document_id desc limit 1) as document
from invoice i
join sales_order o on o.id = i.order_id
join party p on p.id = i.customer_id
join company c on c.id = i.company_id
where i.id = any(%(ids)s::bigint[]) and i.due > i.paid and {visible invoice i}
order by i.id
