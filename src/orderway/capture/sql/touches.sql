-- name: orders
-- Orders with how often people had to act on them, from the door to the archive: their commands, each once an order.
select o.id, o.number, o.customer_id, p.name as customer, o.channel, o.state, o.ordered_on, t.touches
from sales_order o
join party p on p.id = o.customer_id
cross join lateral (
    select count(distinct a.command_id)::integer as touches from acts_of_people(o.id, o.parcel_id) a
) t
where {visible sales_order o} and o.state = any(%(states)s::text[])
  and o.ordered_on >= %(since)s::date and o.ordered_on <= %(until)s::date
  and o.channel = %(channel)s::text --? channel
  and o.customer_id = %(customer)s::bigint --? customer
  and o.ordered_on >= %(week)s::date and o.ordered_on < %(week)s::date + 7 --? week
  and least(t.touches, 4) = %(touches)s::integer --? touches
  and (o.number ilike %(words)s::text || '%%' or p.name ilike '%%' || %(words)s::text || '%%') --? words
order by {sort} limit %(limit)s::integer offset %(offset)s::integer

-- name: sums
-- The same, summed by the week the order was placed in, by customer or by channel; `{touched}` is the text of the list.
select g.key, g.label, count(*)::integer as orders, sum(t.touches)::integer as touches,
       (count(*) filter (where t.touches = 0))::integer as untouched, max(t.touches) as most
from ({touched}) t
cross join lateral (
    select case %(by)s::text when 'customer' then t.customer_id::text when 'channel' then t.channel
           else date_trunc('week', t.ordered_on)::date::text end as key,
           case %(by)s::text when 'customer' then t.customer else '' end as label
) g
group by g.key, g.label order by g.key

-- name: acts
-- What people did to one order, a command once: when, who, and what came of it, oldest first.
select a.command_id as id, min(a.at) as at, coalesce(h.name, '') as who, min(a.command) as command, array_agg(a.name order by a.id) as events
from sales_order o
cross join lateral acts_of_people(o.id, o.parcel_id) a
left join person h on h.id = a.actor_id
where o.id = %(id)s::bigint and {visible sales_order o}
group by a.command_id, h.name
order by {sort} limit %(limit)s::integer offset %(offset)s::integer
