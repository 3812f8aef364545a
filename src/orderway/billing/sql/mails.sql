-- name: filed
-- Which of these documents are issued bills, with what their letters say.
select d.id as document, i.id, i.kind, i.number, i.issued_on, i.due_on, i.currency, i.gross, i.prepaid, i.due, i.order_id,
       o.number as order_number, o.their_reference, p.email, p.language, p.name as customer, c.name as company, c.iban,
       x.number as corrects_number
from document d
join document_link l on l.document_id = d.id and l.subject_type = 'invoice'
join invoice i on i.id = l.subject_id and i.state = 'issued'
join sales_order o on o.id = i.order_id
join party p on p.id = i.customer_id
join company c on c.id = i.company_id
left join invoice x on x.id = i.corrects_id
where d.id = any(%(documents)s::bigint[]) and d.kind = 'invoice' and {visible document d}
order by d.id
