-- name: prepaid_already
-- Which of these orders have a prepayment invoice.
select distinct i.order_id from invoice i
where i.order_id = any(%(ids)s::bigint[]) and i.kind = 'prepayment' and {visible invoice i}
order by i.order_id

-- name: order_sums
-- What orders come to, by tax.
select l.order_id, l.tax_category, l.tax_rate, sum(l.net) as net
from order_line l where l.order_id = any(%(ids)s::bigint[]) and {visible order_line l}
group by l.order_id, l.tax_category, l.tax_rate
order by l.order_id, l.tax_rate desc
