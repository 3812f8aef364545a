-- name: list
-- Orders with their customer.
select o.id, o.number, o.state, o.hold_reason, o.channel, o.their_reference, o.ordered_on, o.requested_on, o.promised_on,
       o.currency, o.net, o.priority, o.flag_reason, p.id as customer_id, p.name as customer, r.name as responsible,
       (select l.description from order_line l where l.order_id = o.id order by l.position limit 1) as what,
       (o.state in ('placed', 'held', 'confirmed')
        and exists (select 1 from order_line x where x.order_id = o.id and x.demand_id is not null
                    and x.delivered < x.quantity - x.cancelled)) as owing
from sales_order o
join party p on p.id = o.customer_id
left join person r on r.id = o.responsible_id
where {visible sales_order o} and o.state = any(%(states)s::text[])
  and (o.number ilike %(search)s::text || '%%' or o.their_reference ilike '%%' || %(search)s::text || '%%' --? search
       or p.name ilike '%%' || %(search)s::text || '%%') --? search
  and o.channel = %(channel)s::text --? channel
  and o.customer_id = %(customer)s::bigint --? customer
  and o.priority = %(priority)s::integer --? priority
  and coalesce(o.promised_on, o.requested_on) < {today} --? late
  and o.state in ('placed', 'held', 'confirmed') --? late
  and exists (select 1 from order_line x where x.order_id = o.id and x.demand_id is not null --? late
              and x.delivered < x.quantity - x.cancelled) --? late
  and coalesce(o.promised_on, o.requested_on) <= {today} + %(due)s::integer --? due
  and o.responsible_id = %(mine)s::bigint --? mine
  and exists (select 1 from order_line x where x.order_id = o.id and x.item_id = %(item)s::bigint) --? item
order by {sort} limit %(limit)s::integer offset %(offset)s::integer

-- name: one
-- The head of one order.
select o.*, p.name as customer, p.number as customer_number, p.email as customer_email, p.language as customer_language,
       r.name as responsible, c.number as copied_from_number, f.number as parcel_number,
       exists (select 1 from priority_table(%(company)s::bigint)) as ruled,
       (select e.at from event e where e.root_type = 'order' and e.root_id = o.id and e.name = 'order.confirmed'
        order by e.id desc limit 1) as confirmed_at,
       (o.state in ('placed', 'held', 'confirmed')
        and exists (select 1 from order_line x where x.order_id = o.id and x.demand_id is not null
                    and x.delivered < x.quantity - x.cancelled)) as owing
from sales_order o
join party p on p.id = o.customer_id
join parcel f on f.id = o.parcel_id
left join person r on r.id = o.responsible_id
left join sales_order c on c.id = o.copied_from_id
where o.id = %(id)s::bigint and {visible sales_order o}

-- name: lines
-- The lines of one order.
select l.*, i.number as item_number, i.name as item_name, i.kind, d.allocated, d.met
from order_line l
join item i on i.id = l.item_id
left join demand d on d.id = l.demand_id
where l.order_id = %(id)s::bigint and {visible order_line l}
order by l.position
