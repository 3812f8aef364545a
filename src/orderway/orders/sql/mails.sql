-- name: heads
-- What letters to customers say of orders. Who took their goods along at the counter and paid is not written to.
select o.id, o.number, o.their_reference, o.ordered_on, o.requested_on, o.promised_on, o.currency, o.net, o.ship_name, o.ship_street,
       o.ship_postcode, o.ship_city, o.ship_country, p.name as customer, p.email, p.language, c.name as company
from sales_order o join party p on p.id = o.customer_id join company c on c.id = o.company_id
where o.id = any(%(ids)s::bigint[]) and not (o.channel = 'counter' and o.state = 'completed') and {visible sales_order o}
order by o.id

-- name: lines
-- What letters to customers say of the lines of orders.
select l.order_id, l.position, i.number as item, l.description, l.quantity - l.cancelled as quantity, l.net, l.requested_on
from order_line l join item i on i.id = l.item_id
where l.order_id = any(%(ids)s::bigint[]) and {visible order_line l}
order by l.order_id, l.position

-- name: confirmations
-- Which of these documents confirm an order, and how often they were made anew.
select d.id, l.subject_id as order_id, (select max(v.number) from document_version v where v.document_id = d.id) as version
from document d join document_link l on l.document_id = d.id and l.subject_type = 'order'
where d.id = any(%(documents)s::bigint[]) and d.kind = 'order_confirmation' and {visible document d}
order by d.id
