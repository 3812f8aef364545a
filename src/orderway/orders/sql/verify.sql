-- name: facts
-- What the checks rest on; what a customer owes is summed once, however many of their orders are asked for.
with asked as materialized (
    select o.* from sales_order o where o.id = any(%(ids)s::bigint[]) and {visible sales_order o}
), owed as materialized (
    select s.customer_id, sum(s.net) as net from sales_order s
    where s.customer_id in (select customer_id from asked) and s.state in ('placed', 'held', 'confirmed') and not s.settled
    group by s.customer_id
)
select o.id, o.ship_street, o.ship_postcode, o.ship_city, o.ship_country, o.requested_on, o.their_reference, o.payment_days,
       p.vat_id, p.credit_limit, c.timezone,
       (select count(*)::integer from order_line l where l.order_id = o.id) as lines,
       (select count(*)::integer from sales_order s
        where o.their_reference <> '' and s.customer_id = o.customer_id and s.their_reference = o.their_reference
          and s.id < o.id and s.state <> 'cancelled') as same_reference,
       array(select i.number from order_line l join item i on i.id = l.item_id
             where l.order_id = o.id and not exists (
                 select 1 from price x where x.item_id = l.item_id and x.price = l.price and x.per = l.per
                   and x.currency = o.currency and x.price_group in (p.price_group, 'list'))
             order by l.position) as off_price,
       array(select i.number from order_line l join item i on i.id = l.item_id join demand d on d.id = l.demand_id
             where l.order_id = o.id and i.kind = 'goods' and d.quantity - d.met - d.allocated >
                   coalesce((select sum(v.on_hand - v.reserved) from stock_level v where v.item_id = l.item_id), 0)
             order by l.position) as short,
       coalesce(w.net, 0) as open_net
from asked o join party p on p.id = o.customer_id join company c on c.id = o.company_id left join owed w on w.customer_id = o.customer_id
order by o.id

-- name: write
-- Keep the newest result of each check; a waiver holds while the evidence is the same.
insert into finding as f (company_id, order_id, check_name, passed, severity, evidence, at, waived_reason)
select %(company)s::bigint, w."order", w.check, w.passed, w.severity, w.evidence::jsonb, %(now)s::timestamptz, ''
from unnest(%(order)s::bigint[], %(check)s::text[], %(passed)s::boolean[], %(severity)s::text[], %(evidence)s::text[])
     as w ("order", "check", passed, severity, evidence)
on conflict (order_id, check_name) do update
set passed = excluded.passed, severity = excluded.severity, evidence = excluded.evidence, at = excluded.at,
    waived_reason = case when f.evidence = excluded.evidence then f.waived_reason else '' end
returning id, order_id, check_name, waived_reason

-- name: lock
-- Lock findings in key order.
select f.id, f.order_id, f.check_name, f.waived_reason from finding f
where f.id = any(%(ids)s::bigint[]) and {visible finding f} order by f.id for update

-- name: waive
-- Let findings pass.
update finding f set waived_reason = w.reason from unnest(%(id)s::bigint[], %(reason)s::text[]) as w (id, reason) where f.id = w.id

-- name: findings
-- The findings of one order, those that stand in the way first.
select f.id, f.check_name, f.passed, f.severity, f.evidence::text as evidence, f.at, f.waived_reason
from finding f where f.order_id = %(id)s::bigint and {visible finding f}
order by f.passed, f.severity, f.id
