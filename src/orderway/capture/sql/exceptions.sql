-- name: list
-- What stands in the way of orders: doubts about inputs, findings, goods that lack, and what stopped on the desk.
select x.source, x.id, x.code, x.state, x.command, x.subject_type, x.subject_id, x.stopped, coalesce(o.number, x.label) as label, x.facts, x.since,
       o.currency
from (
    select 'intake' as source, i.id, f.code, i.state, '' as command, 'intake' as subject_type, i.id as subject_id, i.id as stopped,
           i.name as label,
           f.facts, coalesce(i.read_at, m.received_at, m.written_at) as since
    from intake i join message m on m.id = i.message_id
    cross join lateral (
        select distinct on (d.doubt ->> 0) d.doubt ->> 0 as code, (d.doubt -> 1)::text as facts
        from jsonb_array_elements(i.findings) as d (doubt) where i.state = 'review'
        union all
        select 'unreadable', i.reasons::text
        where (i.state = 'rejected' or i.findings = '[]'::jsonb) and i.reasons <> '[]'::jsonb and i.reasons -> 0 ->> 'code' <> 'as-written'
    ) f
    where i.state in ('review', 'rejected') and {visible intake i}
    union all
    select 'finding', f.id, f.check_name, f.severity, '', 'order', f.order_id, f.id, '', f.evidence::text, f.at
    from finding f join sales_order s on s.id = f.order_id and s.state in ('placed', 'held')
    where not f.passed and f.waived_reason = '' and {visible finding f}
    union all
    select 'short', l.order_id, 'short', '', '', 'order', l.order_id, l.order_id, '', jsonb_build_object('lines', jsonb_agg(i.number order by i.number))::text,
           min(d.placed_at)
    from demand d
    join order_line l on l.demand_id = d.id
    join sales_order s on s.id = l.order_id and s.state = 'confirmed'
    join item i on i.id = d.item_id and i.kind = 'goods'
    where d.met < d.quantity and d.allocated + d.met < d.quantity and {visible demand d}
    group by l.order_id
    union all
    select 'desk', e.id, e.code, case when p.subject_type is null then '' else 'stuck' end, e.command,
           coalesce(p.subject_type, m.subject_type, v.root_type, ''), coalesce(p.subject_id, m.subject_id, v.root_id, e.subject_id), e.subject_id,
           coalesce(m.subject, e.command), e.facts::text, e.opened_at
    from desk_exception e
    left join message m on e.command = 'mail.resend' and m.id = e.subject_id
    left join event v on v.id = e.event_id
    left join lateral (
        select n.subject_type, n.subject_id from token t join process_instance n on n.id = t.instance_id
        where t.id = (e.facts -> 'tokens' ->> 0)::bigint
    ) p on true
    where e.state = 'open' and (m.id is null or m.state = 'failed') and {visible desk_exception e}
) x
left join sales_order o on x.subject_type = 'order' and o.id = x.subject_id and {visible sales_order o}
where true
  and x.code = any(%(codes)s::text[]) --? codes
  and x.code <> all(%(others)s::text[]) --? others
  and x.source = 'desk' --? desk
  and x.id = %(id)s::bigint --? id
order by {sort} limit %(limit)s::integer offset %(offset)s::integer
