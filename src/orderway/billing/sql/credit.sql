-- name: returned
-- What orders were charged for beyond what they kept, and the last invoice that charged it.
select l.order_id, l.id as line_id, l.position, i.number as item_number, l.description, l.unit, l.price, l.per, l.discount,
       l.tax_category, l.tax_rate, l.invoiced - l.delivered as quantity, max(n.id) as last_invoice
from order_line l join item i on i.id = l.item_id
join invoice_line nl on nl.order_line_id = l.id
join invoice n on n.id = nl.invoice_id and n.kind = 'invoice' and n.state = 'issued'
where l.order_id = any(%(ids)s::bigint[]) and l.demand_id is not null and l.invoiced > l.delivered and {visible order_line l}
group by l.id, i.id
order by l.order_id, l.position
