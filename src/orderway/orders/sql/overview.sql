-- name: total
-- The sum of a list of orders, by currency; `{list}` is the text of the list.
select t.currency, count(*)::integer as n, sum(t.net) as net from ({list}) as t group by t.currency order by t.currency

-- name: counts
-- How many active orders stand in each view; counting stops at `most`.
select (select count(*)::integer from (select 1 from sales_order o where {visible sales_order o}
            and o.state in ('placed', 'held', 'confirmed') limit %(most)s::integer) x) as active,
       (select count(*)::integer from (select 1 from sales_order o where {visible sales_order o}
            and o.state = 'placed' limit %(most)s::integer) x) as placed,
       (select count(*)::integer from (select 1 from sales_order o where {visible sales_order o}
            and o.state = 'held' limit %(most)s::integer) x) as held,
       (select count(*)::integer from (select 1 from sales_order o where {visible sales_order o}
            and o.state in ('placed', 'held', 'confirmed') and o.priority = 2 limit %(most)s::integer) x) as urgent,
       (select count(*)::integer from (select 1 from sales_order o where {visible sales_order o}
            and o.state in ('placed', 'held', 'confirmed')
            and coalesce(o.promised_on, o.requested_on) < {today}
            and exists (select 1 from order_line l where l.order_id = o.id and l.demand_id is not null
                        and l.delivered < l.quantity - l.cancelled) limit %(most)s::integer) x) as late,
       (select count(*)::integer from (select 1 from sales_order o where {visible sales_order o}
            and o.state in ('placed', 'held', 'confirmed')
            and coalesce(o.promised_on, o.requested_on) <= {today} + 7 limit %(most)s::integer) x) as due,
       (select count(*)::integer from (select 1 from sales_order o where {visible sales_order o}
            and o.state in ('placed', 'held', 'confirmed')
            and coalesce(o.promised_on, o.requested_on) = {today} limit %(most)s::integer) x) as today,
       (select count(*)::integer from (select 1 from sales_order o where {visible sales_order o}
            and o.state in ('placed', 'held', 'confirmed')
            and o.responsible_id = %(actor)s::bigint limit %(most)s::integer) x) as mine

-- name: stages
-- Active orders by stage, with what is late and since when the oldest waits.
with live as (
    select o.net, o.ordered_on, l.undelivered and coalesce(o.promised_on, o.requested_on) < {today} as late,
           case when o.state = 'placed' then 'check'
                when o.state = 'held' then 'held'
                when l.undelivered and l.short then 'short'
                when l.undelivered then 'deliver'
                when l.uninvoiced then 'invoice'
                else 'pay' end as stage
    from sales_order o
    cross join lateral (
        select coalesce(bool_or(d.id is not null and l.delivered < l.quantity - l.cancelled), false) as undelivered,
               coalesce(bool_or(d.id is not null and d.allocated + d.met < d.quantity), false) as short,
               coalesce(bool_or(l.invoiced < l.quantity - l.cancelled), false) as uninvoiced
        from order_line l left join demand d on d.id = l.demand_id
        where l.order_id = o.id
    ) l
    where {visible sales_order o} and o.state in ('placed', 'held', 'confirmed')
)
select stage, count(*)::integer as n, sum(net) as net, (count(*) filter (where late))::integer as late,
       coalesce(sum(net) filter (where late), 0) as late_net, min(ordered_on) as oldest
from live group by stage

-- name: weeks
-- Orders by the week they were placed in.
select w.week::date as week, count(o.id)::integer as n, coalesce(sum(o.net), 0) as net
from generate_series(date_trunc('week', {today}) - interval '12 weeks', date_trunc('week', {today}), interval '1 week') as w (week)
left join sales_order o on {visible sales_order o} and o.state <> 'cancelled'
                       and o.ordered_on >= w.week::date and o.ordered_on < w.week::date + 7
group by w.week order by w.week

-- name: line_terms
-- One line with what its price and its stock rest on: the day, the customer and their terms as they are now.
select l.id, l.order_id, l.position, l.item_id, i.number as item, l.description, i.kind, l.quantity, l.unit, l.price, l.per,
       l.discount, l.net, l.demand_id, l.cancelled, l.delivered, o.number as order_number, o.ordered_on, o.currency,
       o.customer_id, o.promised_on, l.requested_on as line_wish, o.requested_on as order_wish
from order_line l join sales_order o on o.id = l.order_id join item i on i.id = l.item_id
where l.id = %(id)s::bigint and {visible order_line l}
