-- name: flag
-- Write what a person said of the urgency of orders.
update sales_order o set flag = f.flag, flag_reason = f.reason
from unnest(%(id)s::bigint[], %(flag)s::text[], %(reason)s::text[]) as f (id, flag, reason)
where o.id = f.id

-- name: rank
-- Write the class of orders.
update sales_order o set priority = r.priority
from unnest(%(id)s::bigint[], %(priority)s::integer[]) as r (id, priority)
where o.id = r.id

-- name: active
-- The active orders, when one of these versions is of the table of priorities (any version when none is named).
select o.id from sales_order o
where o.state in ('placed', 'held', 'confirmed') and {visible sales_order o}
  and exists (select 1 from priority_table(%(company)s::bigint) t join decision_version v on v.definition_id = t.id
              and v.id = any(%(versions)s::bigint[]) --? versions
             )
order by o.id

-- name: why
-- What a person said of the urgency of an order, who and when, its class, and whether a table is asked.
select o.id, o.number, o.state, o.flag, o.flag_reason, o.priority, e.at as flagged_at, p.name as flagged_by
from sales_order o
left join lateral (
    select e.at, e.actor_id from event e
    where e.root_type = 'order' and e.root_id = o.id and e.name = 'order.prioritised' order by e.id desc limit 1
) e on o.flag <> 'normal'
left join person p on p.id = e.actor_id
where o.id = %(id)s::bigint and {visible sales_order o}

-- name: queue
-- The lines of confirmed orders that lack goods, with what says when they are served.
select l.id, l.order_id, o.number, o.priority, o.flag, p.name as customer, i.id as item_id, i.number as item, i.name as item_name,
       i.unit, i.kind, l.quantity - l.cancelled - l.delivered as owed, d.allocated as reserved, d.quantity - d.allocated - d.met as missing,
       round(l.net * (d.quantity - d.allocated - d.met) / (l.quantity - l.cancelled), 2) as net, o.currency, d.due_on,
       d.due_on < {today} as late, d.placed_at, d.placed_at < w.until as overdue
from demand d
join order_line l on l.demand_id = d.id
join sales_order o on o.id = l.order_id and o.state = 'confirmed'
join party p on p.id = o.customer_id
join item i on i.id = d.item_id
cross join patience(%(company)s::bigint, %(now)s::timestamptz, %(patience)s::integer) w
where d.met < d.quantity and d.allocated + d.met < d.quantity and {visible demand d}
  and d.item_id = %(item)s::bigint --? item
  and i.kind = %(kind)s::text --? kind
  and d.due_on < {today} and %(late)s::boolean --? late
  and (o.number ilike %(search)s::text || '%%' or p.name ilike '%%' || %(search)s::text || '%%' --? search
       or i.number ilike %(search)s::text || '%%' or i.name ilike '%%' || %(search)s::text || '%%') --? search
order by {sort} limit %(limit)s::integer offset %(offset)s::integer
