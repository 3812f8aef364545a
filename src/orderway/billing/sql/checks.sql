-- name: sums
-- Sums that differ from what they sum.
select 'invoice' as what, i.id, 'net' as column, i.net as found, coalesce(l.net, 0) as expected
from invoice i left join lateral (select sum(x.net) as net from invoice_line x where x.invoice_id = i.id) l on true
where i.state = 'issued' and i.net <> coalesce(l.net, 0)
union all
select 'invoice', i.id, 'paid', i.paid, coalesce(p.amount, 0)
from invoice i left join lateral (select sum(x.amount) as amount from payment x where x.invoice_id = i.id) p on true
where i.paid <> coalesce(p.amount, 0)
union all
select 'invoice', i.id, 'prepaid', i.prepaid, coalesce(d.gross, 0)
from invoice i left join lateral (select sum(x.net + x.tax) as gross from deduction x where x.invoice_id = i.id) d on true
where i.prepaid <> coalesce(d.gross, 0)
union all
select 'order line', o.id, 'invoiced', o.invoiced, coalesce(b.quantity, 0)
from order_line o
left join lateral (
    select sum(case when i.kind = 'credit_note' then -x.quantity else x.quantity end) as quantity
    from invoice_line x join invoice i on i.id = x.invoice_id and i.state = 'issued' where x.order_line_id = o.id
) b on true
where o.invoiced <> coalesce(b.quantity, 0)
