-- name: balances
-- What each order still owes, whether its prepayment came, and whether something is not charged yet.
select o.id, o.settled, o.prepay_open,
       coalesce(sum(case when i.kind = 'credit_note' then i.paid - i.due else i.due - i.paid end), 0) as open,
       coalesce(bool_and(i.paid >= i.due) filter (where i.kind = 'prepayment'), false) as prepaid,
       exists (select 1 from order_line l where l.order_id = o.id and l.invoiced < l.quantity - l.cancelled) as uninvoiced
from sales_order o
left join invoice i on i.order_id = o.id and i.state = 'issued'
where o.id = any(%(ids)s::bigint[]) and {visible sales_order o}
group by o.id order by o.id
