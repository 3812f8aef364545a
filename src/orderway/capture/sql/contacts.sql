-- name: list
-- What passed between a customer and us: what came in, our mails, what colleagues noted, and orders taken in person or by phone.
select x.kind, x.id, x.at, x.what, x.who, x.order_id, o.number as order_number
from (
    select 'in' as kind, i.id, coalesce(m.received_at, m.written_at) as at, coalesce(nullif(m.subject, ''), i.name) as what, m.sender as who,
           i.order_id
    from intake i
    join message m on m.id = i.message_id
    left join sales_order s on s.id = i.order_id
    where coalesce(s.customer_id, i.customer_id) = %(customer)s::bigint and {visible intake i}
    union all
    select 'out', m.id, coalesce(m.sent_at, m.written_at), m.subject, array_to_string(m.recipients, ', '), m.subject_id
    from sales_order s join message m on m.subject_type = 'order' and m.subject_id = s.id and m.direction = 'out'
    where s.customer_id = %(customer)s::bigint and {visible message m}
    union all
    select 'note', e.id, e.at, e.data ->> 'text', p.name, e.root_id
    from sales_order s
    join event e on e.root_type = 'order' and e.root_id = s.id and e.name = 'order.commented'
    left join person p on p.id = e.actor_id
    where s.customer_id = %(customer)s::bigint and {visible event e}
    union all
    select 'order', s.id, e.at, s.channel, p.name, s.id
    from sales_order s
    join event e on e.root_type = 'order' and e.root_id = s.id and e.name = 'order.placed'
    left join person p on p.id = e.actor_id
    where s.customer_id = %(customer)s::bigint and not exists (select from intake i where i.order_id = s.id) and {visible event e}
) x
left join sales_order o on o.id = x.order_id and {visible sales_order o}
where true
  and x.kind = %(kind)s::text --? kind
  and (x.what ilike '%%' || %(search)s::text || '%%' or x.who ilike '%%' || %(search)s::text || '%%' --? search
       or o.number ilike %(search)s::text || '%%') --? search
order by {sort} limit %(limit)s::integer offset %(offset)s::integer
