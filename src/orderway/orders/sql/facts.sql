-- name: order
-- The facts of orders.
select o.id, o.number || ' ' || p.name as title, o.number, p.name as customer, p.price_group as customer_group, o.channel,
       o.ship_country as country, o.ship_postcode as postcode, o.net, o.currency, o.prepay_percent,
       o.requested_on, l.lines, l.made_lines, l.short_lines, l.owed_lines,
       coalesce(o.promised_on, o.requested_on) - (%(now)s::timestamptz at time zone c.timezone)::date as days_left, o.flag, o.priority
from sales_order o
join party p on p.id = o.customer_id
join company c on c.id = o.company_id
left join lateral (
    select count(*) as lines,
           count(*) filter (where i.kind = 'made') as made_lines,
           count(*) filter (where d.quantity - d.met > d.allocated) as short_lines,
           count(*) filter (where x.demand_id is not null and x.delivered < x.quantity - x.cancelled) as owed_lines
    from order_line x join item i on i.id = x.item_id left join demand d on d.id = x.demand_id
    where x.order_id = o.id
) l on true
where o.id = any(%(ids)s::bigint[]) and o.company_id = %(company)s::bigint
